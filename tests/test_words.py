"""The service's names in words."""

import pytest

from console.words import in_words, region_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("invalid_training_file", "Invalid training file"),
        ("DeploymentNotFound", "Deployment not found"),
        ("InvalidURL", "Invalid URL"),
        ("invalid_json_line", "Invalid JSON line"),
        ("top_p", "Top P"),
        ("n_epochs", "Epochs"),
        ("canceled", "Cancelled"),
        ("rouge_l", "ROUGE-L"),
        ("rouge_2", "ROUGE-2"),
        ("gleu", "GLEU"),
        ("fuzzy_match", "Fuzzy match"),
        ("fine-tune-results", "Fine-tuning results"),
        ("In Progress", "In progress"),
        ("429", "429"),
        ("_", ""),
        (None, ""),
    ],
)
def test_a_name_is_said_in_words_and_one_that_is_new_is_readable(name, words):
    assert in_words(name) == words


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("swedencentral", "Sweden Central"),
        ("Sweden Central", "Sweden Central"),
        ("eastus2", "East US 2"),
        ("uksouth", "UK South"),
        ("moonbase", "moonbase"),
        ("", ""),
    ],
)
def test_a_region_is_written_in_one_way_however_it_was_told(told, name):
    assert region_name(told) == name
