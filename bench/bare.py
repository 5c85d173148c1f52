"""The reference of the page figures: the same 50 rows out of the same table, by a bare Django view without a frame."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

import django

django.setup()

from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402

from console.models import Item  # noqa: E402

TEMPLATE = engines["django"].from_string(
    "<!doctype html><table>{% for item in items %}<tr><td>{{ item.name }}</td><td>{{ item.status }}</td>"
    "<td>{{ item.labels }}</td><td>{{ item.retires_on }}</td><td>{{ item.connection.name }}</td></tr>"
    "{% endfor %}</table>"
)


def page(_request: HttpRequest) -> HttpResponse:
    items = Item.objects.filter(kind="model").select_related("connection").order_by("name", "id")[:50]
    return HttpResponse(TEMPLATE.render({"items": items}))


def main(port: int) -> None:
    import uvicorn
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.urls import path

    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("", page)]})
    uvicorn.run(get_asgi_application(), host="127.0.0.1", port=port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main(int(sys.argv[1]))
