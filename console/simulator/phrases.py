"""The stock of sentences that answers are written from; `{a}` and `{b}` are terms of the prompt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tone:
    """How a model begins, ends and greets."""

    openers: tuple[str, ...]
    closers: tuple[str, ...]
    greeting: str


TONES: dict[str, Tone] = {
    "brisk": Tone(
        ("In short:", "Quick take:", "Without ceremony:"),
        ("That is most of {a}.", "Start with {a}; the rest follows."),
        "Hello. What would you like to compare?",
    ),
    "balanced": Tone(
        ("Here is how I would look at {a}.", "The useful way into {a} is this.", "Let us take {a} in turn."),
        (
            "Settle {a} first; {b} can change later without much pain.",
            "Tell me more about {a} and I can be more exact.",
        ),
        "Hello! Ask me anything: I will answer about your words, in Markdown, without any model behind me.",
    ),
    "thorough": Tone(
        (
            "A question about {a} deserves its reasons.",
            "There are several sides to {a}; I take them in order of weight.",
            "Before choosing anything around {a}, fix what must stay true.",
        ),
        (
            "**Bottom line:** decide {a} on evidence, write down why, revisit {b} in a quarter.",
            "**Open questions:** who owns {a}, how to measure {b}, and what happens when they disagree.",
        ),
        "Hello. I tend to answer at length; give me a question with some substance and I will structure it.",
    ),
    "dry": Tone(
        (
            "{a}. Of course.",
            "Right, {a}: less magic than advertised.",
            "Everyone has an opinion on {a}; here is one.",
        ),
        (
            "If that sounds too simple for {a}, measure it. It usually is not.",
            "There will still be {b} on Monday.",
        ),
        "Hello. I am a simulation with manners; proceed.",
    ),
    "analytic": Tone(
        ("Taking {a} apart:", "The question turns on {a}.", "Two quantities decide {a}: cost and delay."),
        (
            "Therefore: {a} first, {b} second.",
            "The conclusion holds within the limits of {a}.",
        ),
        "Hello. State the problem; I will take it apart.",
    ),
    "friendly": Tone(
        (
            "Great question! {a}: a fun one.",
            "Happy to help with {a}!",
            "Ooh, {a}. Let me walk you through it.",
        ),
        ("Hope that helps! Want me to go deeper on {a}?", "Shout if {b} needs more detail!"),
        "Hey there! What shall we look at together?",
    ),
    "formal": Tone(
        ("With regard to {a}, the following applies.", "The matter of {a} may be set out thus."),
        (
            "Further particulars on {a} can be supplied on request.",
            "It is advised to review {b} periodically.",
        ),
        "Good day. How may I be of assistance?",
    ),
}

POEMS = (
    "{A}, at first light:  \nwhat the long night kept folded  \nopens, and is small.",
    "No one asked {a}  \nto be quiet. The rain did,  \nand was not answered.",
    "{A}. The tide turns  \nwithout a meeting about it.  \nA gull takes minutes.",
)

MEMORY = (
    "Following on from {count}, where {topic} came up:",
    "You asked about {topic} before; with {count} in mind:",
    "This builds on {topic} from {count}.",
)

STATEMENTS = (
    "With {a}, one person should be able to say what is guaranteed and what it may cost.",
    "The hard part of {a} is rarely the mechanism; it is agreeing what happens when {b} and reality differ.",
    "Most trouble with {a} comes from a limit nobody wrote down, so write the limit down first.",
    "Think of {a} as a budget: every choice about {b} spends some of it.",
    "A small trial of {a} on real data says more than a long discussion of {b}.",
    "What you can observe about {a} you can improve; what you cannot, you can only hope for.",
    "{a} and {b} pull in different directions, and the sensible answer is usually to name which one wins.",
    "For speed in {a}, look at waiting before you look at work: most time is spent in queues.",
)

POINTS = (
    "say what success looks like before choosing a tool.",
    "measure the ordinary case and the worst one; averages hide both.",
    "keep one source of truth, and derive the rest from it.",
    "make the failure visible to a person, with what to do next.",
    "prefer the change that can be undone in a minute.",
    "give it an owner, a limit and an end date.",
    "test with the data you have, not the data you wish for.",
    "cache only what you can afford to show stale.",
    "leave out whatever nobody would miss.",
)

STEPS = (
    "Write down what **{a}** must guarantee, in one sentence.",
    "Measure **{a}** today, to know later whether anything got better.",
    "Try the smallest version of **{a}** with one team and real traffic.",
    "Add a limit and an alarm to **{a}** before you add features.",
    "Compare at least two candidates for **{a}** on the same inputs.",
    "Change **{a}** in stages, and keep the way back open.",
    "Review **{a}** after two weeks and remove what was not used.",
)

STRENGTHS = (
    "steady load",
    "small teams",
    "quick answers",
    "strict budgets",
    "long documents",
    "audits",
    "peaks",
)
WEAKNESSES = (
    "hidden queues",
    "cold starts",
    "cost at the tail",
    "silent retries",
    "stale data",
    "lock-in",
    "quotas",
)

THOUGHTS = (
    "First I should separate what is asked about {a} from what is merely mentioned.",
    "A direct answer on {a} helps more than a survey.",
    "I could go into {b}, but only as far as it changes the answer.",
    "Is there a trap here? {a} might mean two things; the common one is likelier.",
    "I will keep the structure simple and end with something to do.",
    "Checking once more: does what I say about {b} contradict what I say about {a}? No.",
)
