"""Recognising an endpoint in whatever people paste: code samples, portal pages, names, other providers.

Nothing is contacted here, and nothing is decided about what may be contacted: that is `outbound.policy`.
Forms of the address: https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle (2026-10).
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from console.outbound.clouds import CLOUDS, PRESETS, Cloud, cloud_of_host
from console.v1 import portal

LONGEST = 2048
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
KEY = re.compile(r"(?:sk|xai)-[A-Za-z0-9_-]{8,}|[A-Za-z0-9]{32,}")
EMBEDDED = re.compile(r"(?:^|[\s\"'`=(<])(https?://[^\s\"'`<>]+)", re.IGNORECASE)
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):/", re.IGNORECASE)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|\[::1\]")
OPERATION = re.compile(r"/(?:chat/completions|completions|responses|embeddings|models)/?$")
PAGES = {
    "platform.openai.com": "openai",
    "console.x.ai": "xai",
    "platform.deepseek.com": "deepseek",
}
LABELS = {"openai": "OpenAI", "xai": "xAI", "deepseek": "DeepSeek"}


class NotAnAddress(ValueError):
    """What was typed names no endpoint; the text is one sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an address names. `kind` is a kind of connection; `url` the base URL without a trailing slash.

    `auth` is "entra" where keys do not work; `cloud` and `scope` are set for Azure; `name` is a suggestion.
    `removed` are the parts of the text that the v1 API does not need.
    """

    kind: str
    url: str
    title: str
    sentences: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    name: str = ""
    deployment: str = ""
    api_version: str = ""
    project: str = ""
    cloud: str = ""
    scope: str = ""
    tenant: str = ""
    auth: str = ""


def recognise(text: str, *, simulator: str = "") -> Recognised:
    """Return what `text` names; `simulator` is the origin of the built-in simulator, when there is one.

    Raises NotAnAddress with one sentence.
    """
    address = tidied(text)
    page = portal.read(address)
    if page is not None:
        return from_portal(page)
    if (
        "://" not in address
        and "/" not in address
        and NAME.fullmatch(address.lower())
        and address != "localhost"
    ):
        return azure(f"{address.lower()}.openai.azure.com", CLOUDS["public"], urlsplit(""), guessed=True)
    parts = split(address)
    host = (parts.hostname or "").lower()
    cloud = cloud_of_host(host)
    if simulator and origin(parts) == simulator:
        return simulated(simulator, parts)
    if cloud is not None and host != cloud.arm_host:
        return azure(host, cloud, parts)
    if host in PAGES:
        return provider(PAGES[host], sentence="This is a page of the provider; its API is used.")
    for kind, url in PRESETS.items():
        if host == urlsplit(url).hostname:
            check_plain_https(parts)
            return provider(kind)
    return custom(host, parts)


def tidied(text: str) -> str:
    """Return the one address in a pasted text, without quotes, assignments and spaces."""
    if len(text) > LONGEST:
        raise NotAnAddress("This is longer than any address: more than 2,048 characters.")
    text = text.translate(INVISIBLE).strip().strip("\"'`<>,; ")
    if not text:
        raise NotAnAddress("Paste the address of a resource, or its name.")
    if KEY.fullmatch(text):
        raise NotAnAddress("This looks like a key. The address goes here, the key into its own field.")
    found = EMBEDDED.findall(text)
    if len(set(found)) > 1:
        raise NotAnAddress("This holds more than one address. Paste one of them.")
    address = str(found[0]) if found else text
    address = address.rstrip(",;)") if found else address
    if not address.isprintable() or any(mark in address for mark in " \\"):
        raise NotAnAddress("The address contains spaces or characters that no address has.")
    return address


def split(address: str) -> SplitResult:
    """Return the parts of an address whose scheme may be missing; refuses every other scheme than http(s)."""
    scheme = SCHEME.match(address)
    if scheme is None:
        address = ("http://" if LOCAL.match(address) else "https://") + address.lstrip("/")
    elif scheme[1].lower() not in ("http", "https"):
        raise NotAnAddress(
            f"Addresses that begin with {scheme[1].lower()[:20]}: are not used here. Use https."
        )
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotAnAddress("This address cannot be read. Write it as https://host/path.") from None
    if "@" in parts.netloc:
        raise NotAnAddress("Leave out the user name and the password: everything before the @.")
    if not parts.hostname or not parts.netloc.isascii() or "%" in parts.netloc or port == 0:
        raise NotAnAddress("The host of this address cannot be read. Write it as https://host/path.")
    if "." not in parts.hostname and ":" not in parts.hostname and parts.hostname != "localhost":
        raise NotAnAddress(f"{parts.hostname} is not a complete host name.")
    return parts


def origin(parts: SplitResult) -> str:
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def check_plain_https(parts: SplitResult) -> None:
    if parts.scheme != "https" or parts.port not in (None, 443):
        raise NotAnAddress(
            f"{parts.hostname} is reached by https on port 443 only. Write https://{parts.hostname}/…"
        )


def azure(host: str, cloud: Cloud, parts: SplitResult, *, guessed: bool = False) -> Recognised:
    """An Azure resource: of path and query only the project counts, the rest is told and left out."""
    if parts.netloc:
        check_plain_https(parts)
    suffix = next(one for one in cloud.data_suffixes if host.endswith(one))
    name = host.removesuffix(suffix)
    if NAME.fullmatch(name) is None:
        raise NotAnAddress(f"{host} is not the address of one resource. It looks like NAME{suffix}.")
    path = read_path(unquote(parts.path))
    query = {key.lower(): values[-1] for key, values in parse_qs(parts.query[:1000]).items()}
    is_foundry = ".services.ai." in suffix or bool(path.project)
    title = f"Microsoft Foundry resource “{name}”" if is_foundry else f"Azure OpenAI resource “{name}”"
    if path.project:
        title = f"Microsoft Foundry project “{path.project}” of the resource “{name}”"
    base = f"/api/projects/{path.project}/openai/v1" if path.project else "/openai/v1"
    api_version = query.get("api-version", "")[:40]
    removed = [each for each in (path.rest, f"?{parts.query}"[:200] if parts.query else "") if each]
    return Recognised(
        kind="azure",
        url=f"https://{host}{base}",
        title=title,
        sentences=tuple(azure_sentences(cloud, path, api_version, guessed=guessed)),
        removed=tuple(removed),
        name=f"{name}-{path.project}" if path.project else name,
        deployment=path.deployment,
        api_version=api_version,
        project=path.project,
        cloud=cloud.name,
        scope=cloud.data_scopes[-1 if path.project else 0],
        auth="entra" if path.project else "",
    )


@dataclass(frozen=True, slots=True)
class Path:
    """What the path of an Azure address says; `rest` is what the v1 API does not need of it."""

    project: str = ""
    deployment: str = ""
    rest: str = ""


def read_path(path: str) -> Path:
    """Take a path apart: a project route, a deployment, and what follows the base."""
    parts = [part for part in path.split("/") if part]
    project = deployment = ""
    if parts[:2] == ["api", "projects"] and len(parts) > 2:
        project, parts = parts[2], parts[3:]
        if PROJECT.fullmatch(project) is None:
            raise NotAnAddress("The name of the project in this address is not a valid one.")
    parts = parts[1:] if parts[:1] == ["openai"] else parts
    parts = parts[1:] if parts[:1] == ["v1"] else parts
    if parts[:1] == ["deployments"] and len(parts) > 1:
        deployment = parts[1][:100]
    return Path(project, deployment, "/" + "/".join(parts)[:200] if parts else "")


def azure_sentences(cloud: Cloud, path: Path, api_version: str, *, guessed: bool) -> list[str]:
    sentences = []
    if guessed:
        sentences.append("Only a name was given; its usual address is proposed.")
    if cloud.name != "public":
        sentences.append(f"In {cloud.label}.")
    if path.project:
        sentences.append("Projects take Entra ID only, not keys.")
    if path.deployment and api_version:
        sentences.append(
            f"The deployment {path.deployment} and the api-version {api_version} in it are not needed for v1."
        )
    elif path.deployment:
        sentences.append(
            f"The deployment {path.deployment} in it is not needed: a model is chosen in each request."
        )
    elif api_version:
        sentences.append(f"The api-version {api_version} in it is not needed for v1.")
    return sentences


def from_portal(page: portal.Page) -> Recognised:
    """The resource that a page of a portal is about: its usual address is proposed."""
    cloud = CLOUDS[page.cloud]
    account = page.account.lower()
    if not account:
        raise NotAnAddress(
            "This page of the portal names no resource. Open the resource there and copy its endpoint."
        )
    if NAME.fullmatch(account) is None or (page.project and PROJECT.fullmatch(page.project) is None):
        raise NotAnAddress(
            "This is a page of the Azure portal, and the resource that it names is not a valid one."
        )
    suffix = cloud.data_suffixes[1 if page.project else 0]
    what = f"the project “{page.project}” of “{account}”" if page.project else f"the resource “{account}”"
    base = f"/api/projects/{page.project}/openai/v1" if page.project else "/openai/v1"
    return Recognised(
        kind="azure",
        url=f"https://{account}{suffix}{base}",
        title=f"A portal page about {what}",
        sentences=(
            "Its usual address is proposed; the page “Keys and Endpoint” tells the exact one.",
            *(["Projects take Entra ID only, not keys."] if page.project else []),
        ),
        name=f"{account}-{page.project}" if page.project else account,
        project=page.project,
        cloud=cloud.name,
        scope=cloud.data_scopes[-1 if page.project else 0],
        tenant=page.tenant,
        auth="entra" if page.project else "",
    )


def simulated(simulator: str, parts: SplitResult) -> Recognised:
    """One of the simulator's resources: the first, or the one that `/resources/NAME` names."""
    segments = [part for part in parts.path.split("/") if part]
    resource = segments[1] if segments[:1] == ["resources"] and len(segments) > 1 else ""
    if resource and NAME.fullmatch(resource) is None:
        raise NotAnAddress("The simulator has no resource of that name.")
    path = read_path("/".join(segments[2:] if resource else segments))
    base = f"/resources/{resource}" if resource else ""
    route = f"/api/projects/{path.project}" if path.project else ""
    return Recognised(
        kind="simulator",
        url=f"{simulator}{base}{route}/openai/v1",
        title=f"Simulated resource “{resource}”" if resource else "The built-in simulator",
        sentences=("Nothing reaches Azure, nothing is billed.",),
        removed=(path.rest,) if path.rest else (),
        name=resource or "simulator",
        deployment=path.deployment,
        project=path.project,
        cloud="public",
        scope=CLOUDS["public"].data_scopes[-1 if path.project else 0],
        auth="entra" if path.project else "",
    )


def provider(kind: str, sentence: str = "") -> Recognised:
    return Recognised(
        kind=kind,
        url=PRESETS[kind],
        title=LABELS[kind],
        sentences=(sentence,) if sentence else (),
        name=kind,
        auth="key",
    )


def custom(host: str, parts: SplitResult) -> Recognised:
    """Any other server: taken as it is written, without the name of an operation at its end."""
    if host.endswith((".api.cognitive.microsoft.com", ".models.ai.azure.com", ".inference.ai.azure.com")):
        raise NotAnAddress(
            f"{host} does not offer the v1 API. Use the resource's own address, NAME.openai.azure.com."
        )
    if parts.query or parts.fragment or "?" in parts.geturl() or "%" in parts.path:
        raise NotAnAddress("Leave out everything from the first ?, # or % on.")
    operation = OPERATION.search(parts.path)
    path = (parts.path[: operation.start()] if operation else parts.path).rstrip("/")
    hint = () if path else ("Most servers answer under /v1; add it if the test finds no models.",)
    return Recognised(
        kind="custom",
        url=f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}",
        title=f"OpenAI-compatible server at {parts.netloc.lower()}",
        sentences=hint,
        removed=(operation[0],) if operation else (),
        name=re.sub(r"[^a-z0-9]+", "-", parts.netloc.lower()).strip("-")[:60],
    )
