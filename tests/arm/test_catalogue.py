from dataclasses import replace
from datetime import date

from hypothesis import given

from console.arm import catalogue
from console.arm.deployments import parse_deployment
from tests.arm.test_deployments import ACCOUNT, RAW
from tests.v1.test_parse import JSON

MODEL = {
    "format": "OpenAI",
    "name": "gpt-4.1",
    "version": "2025-04-14",
    "lifecycleStatus": "GenerallyAvailable",
    "isDefaultVersion": True,
    "deprecation": {
        "fineTune": "2027-04-14T00:00:00Z",
        "inference": "2027-10-14T00:00:00Z",
        "deprecationStatus": "Planned",
    },
    "replacementConfig": {
        "targetModelName": "gpt-5.4",
        "targetModelVersion": "2026-03-05",
        "autoUpgradeStartDate": "2027-09-01T00:00:00Z",
    },
    "capabilities": {"chatCompletion": "true"},
    "maxCapacity": 3000,
    "skus": [
        {
            "name": "GlobalStandard",
            "usageName": "OpenAI.GlobalStandard.gpt-4.1",
            "deprecationDate": "2027-05-14T00:00:00Z",
            "capacity": {"default": 10, "maximum": 5000},
        },
        {"name": "Standard", "usageName": "OpenAI.Standard.gpt-4.1"},
    ],
}


def test_a_model_is_read(arm, upstream):
    upstream[f"GET {ACCOUNT}/models"] = 200, {"value": [MODEL, {}]}

    (found,) = catalogue.list_models(arm, ACCOUNT)

    assert (found.name, found.version, found.lifecycle, found.retires) == (
        "gpt-4.1",
        "2025-04-14",
        "GenerallyAvailable",
        date(2027, 10, 14),
    )
    assert found.replacement == catalogue.Replacement("gpt-5.4", "2026-03-05", date(2027, 9, 1))
    assert [(sku.name, sku.retires, sku.default_capacity) for sku in found.skus] == [
        ("GlobalStandard", date(2027, 5, 14), 10),
        ("Standard", None, None),
    ]


def test_a_regions_list_wraps_its_models(arm, upstream):
    path = "/subscriptions/s1/providers/Microsoft.CognitiveServices/locations/swedencentral/models"
    upstream[f"GET {path}"] = 200, {"value": [{"kind": "OpenAI", "skuName": "S0", "model": MODEL}]}

    assert [each.name for each in catalogue.list_models_of_region(arm, "s1", "swedencentral")] == ["gpt-4.1"]


def test_a_deployment_retires_on_the_day_of_its_own_sku():
    models = [catalogue.parse_model({**MODEL, "version": "1"}), catalogue.parse_model(MODEL)]

    found = catalogue.retirement(parse_deployment(RAW), models)

    assert (found.day, found.status, found.replacement.name) == (date(2027, 5, 14), "Planned", "gpt-5.4")


def test_a_sku_without_a_day_retires_with_the_model():
    deployment = replace(parse_deployment(RAW), sku="Standard")

    assert catalogue.retirement(deployment, [catalogue.parse_model(MODEL)]).day == date(2027, 10, 14)


def test_a_model_of_another_format_is_another_model():
    assert (
        catalogue.retirement(parse_deployment(RAW), [catalogue.parse_model({**MODEL, "format": "Meta"})])
        is None
    )


@given(JSON)
def test_no_json_breaks_the_reader(value):
    raw = {"name": value, "version": value, "deprecation": value, "replacementConfig": value, "skus": value}

    assert isinstance(catalogue.parse_model(raw).skus, tuple)
