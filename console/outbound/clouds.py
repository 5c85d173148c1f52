"""The Azure clouds as data: where tokens come from, which hosts hold data, and where management is.

Sources: azure-identity 1.27.0 `_constants.py` (authorities), azure-mgmt-core 1.6.0 `tools.py` (management),
Azure SDK `AzureOpenAIAudience` (US Government scope). The data host and scope of China are not confirmed by
a published page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "CLOUDS",
    "PRESETS",
    "Cloud",
    "cloud_of_authority",
    "cloud_of_host",
    "data_suffixes",
    "hosts_beside",
]


@dataclass(frozen=True)
class Cloud:
    """One cloud. Suffixes begin with a dot; the first data scope is the default."""

    name: str
    label: str
    authority: str
    data_suffixes: tuple[str, ...]
    data_scopes: tuple[str, ...]
    arm_url: str
    arm_scope: str

    @property
    def arm_host(self) -> str:
        return self.arm_url.removeprefix("https://")


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "public": Cloud(
            "public",
            "Azure",
            "login.microsoftonline.com",
            (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com"),
            ("https://cognitiveservices.azure.com/.default", "https://ai.azure.com/.default"),
            "https://management.azure.com",
            "https://management.azure.com/.default",
        ),
        "usgov": Cloud(
            "usgov",
            "Azure US Government",
            "login.microsoftonline.us",
            (".openai.azure.us", ".services.ai.azure.us", ".cognitiveservices.azure.us"),
            ("https://cognitiveservices.azure.us/.default", "https://ai.azure.us/.default"),
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
        ),
        "china": Cloud(
            "china",
            "Azure China (21Vianet)",
            "login.chinacloudapi.cn",
            (".openai.azure.cn", ".services.ai.azure.cn", ".cognitiveservices.azure.cn"),
            ("https://cognitiveservices.azure.cn/.default", "https://ai.azure.cn/.default"),
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
        ),
    }
)

PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "xai": "https://api.x.ai/v1",
        "deepseek": "https://api.deepseek.com",
        "openai": "https://api.openai.com/v1",
    }
)
"""Third-party endpoints with a fixed host, by provider name."""


def data_suffixes() -> Iterator[str]:
    """Every host suffix under which Azure resources live, over all clouds."""
    for cloud in CLOUDS.values():
        yield from cloud.data_suffixes


def cloud_of_host(host: str) -> Cloud | None:
    """The cloud that a resource's host belongs to; None when it is not an Azure host."""
    for cloud in CLOUDS.values():
        if host.endswith(cloud.data_suffixes) or host == cloud.arm_host:
            return cloud
    return None


def hosts_beside(host: str) -> tuple[str, ...]:
    """Every host of the same resource: those that Azure gives to one are equivalent, any other stands alone."""
    for cloud in CLOUDS.values():
        for suffix in cloud.data_suffixes:
            if host.endswith(suffix):
                return tuple(host.removesuffix(suffix) + one for one in cloud.data_suffixes)
    return (host,)


def cloud_of_authority(authority: str) -> Cloud | None:
    """The cloud of a token authority, given as a host or an https URL."""
    host = authority.removeprefix("https://").rstrip("/")
    return next((cloud for cloud in CLOUDS.values() if cloud.authority == host), None)
