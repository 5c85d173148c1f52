"""What calls left behind: stored chat completions with metadata, and containers with files in them."""

from __future__ import annotations

from typing import Any

from console.simulator.furnish import shop
from console.simulator.furnish.hand import Hand

_MINUTE = 60.0
_SYSTEM = {
    "role": "system",
    "content": "You answer for a shop for outdoor gear: friendly, in two sentences at most.",
}
_CHANNELS = ("mail", "chat", "phone")
_TEAMS = ("support", "returns")
_ORDER = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Look an order up by its number.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "string"}},
            "required": ["number"],
        },
    },
}
_ORDERS = "order,item,euros,returned\n" + "".join(
    f"{4000 + number},{item},{euros},{'yes' if number % 4 == 0 else 'no'}\n"
    for number, (item, euros) in enumerate([("tent", 399), ("stove", 89), ("boots", 210), ("bag", 180)] * 6)
)


def completions(hand: Hand, moment: float) -> None:
    """Answers to the shop's customers on two models, with a longer talk, a call of a tool and one that was cut."""
    for number, (question, _) in enumerate(shop.QUESTIONS):
        hand.at(moment + 4 * number * _MINUTE)
        _ask(hand, question, number, model="gpt-4.1-nano" if number % 2 else "gpt-4.1", temperature=0.2)
    hand.at(moment + 70 * _MINUTE)
    first, second = shop.QUESTIONS[8], shop.QUESTIONS[6]
    talk = [_SYSTEM, _said("user", first[0]), _said("assistant", first[1]), _said("user", second[0])]
    _keep(hand, talk, 16, model="gpt-4.1-nano")
    hand.at(moment + 75 * _MINUTE)
    _keep(hand, [_SYSTEM, _said("user", "Where is order 4012?")], 17, model="gpt-4.1", tools=[_ORDER])
    hand.at(moment + 80 * _MINUTE)
    _ask(hand, "Write a poem about the rain on a tent.", 18, model="gpt-4.1", max_completion_tokens=16)


async def containers(hand: Hand, moment: float) -> None:
    """One that expired days ago, and one in use with two files."""
    hand.at(moment - 3 * 86400)
    orders = await hand.upload("orders-47.csv", _ORDERS, "assistants")
    asked: dict[str, Any] = {"name": "returns by item", "file_ids": [orders], "memory_limit": "1g"}
    await hand.post("/containers", asked)
    hand.at(moment)
    notes = await hand.upload(
        "analysis-notes.md", "# Returns\n\nEvery fourth order came back.\n", "assistants"
    )
    asked = {"name": "price analysis", "file_ids": [orders, notes], "memory_limit": "4g"}
    await hand.post("/containers", asked)


def _ask(hand: Hand, question: str, number: int, **more: Any) -> None:
    _keep(hand, [_SYSTEM, _said("user", question)], number, **more)


def _keep(hand: Hand, messages: list[dict[str, Any]], number: int, **more: Any) -> None:
    metadata = {
        "channel": _CHANNELS[number % 3],
        "team": _TEAMS[number % 2],
        "week": "46" if number < 6 else "47",
    } | ({"rating": "good"} if number % 5 == 0 else {})
    hand.complete({"messages": messages, "store": True, "metadata": metadata, **more})


def _said(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}
