"""Texts of a made-up shop for outdoor gear and of the team that runs its software: all written for the demo."""

from __future__ import annotations

HANDBOOK: dict[str, str] = {
    "returns-and-refunds.md": """# Returns and refunds

Goods can be sent back within 60 days of delivery, worn in the garden but not on a mountain. Print the label
from your order page, or ask any shop for one. Return shipping inside the European Union is free; from
elsewhere the customer pays the postage.

Refunds are paid to the original means of payment within 14 days after the parcel has reached our warehouse in
Rotterdam. Gift cards are refunded as a new gift card. Sale items are exchanged, never refunded in cash.

Climbing ropes, harnesses and avalanche gear cannot be returned once the seal is broken, for safety reasons.
""",
    "shipping.md": """# Shipping

Orders placed before 13:00 leave the Rotterdam warehouse the same day. Standard parcels take two to four
working days in the European Union, five to eight in the United Kingdom, Norway and Switzerland. Express parcels
arrive the next working day before noon and cost 12.90 euros.

Orders above 80 euros ship free of charge. Gas cartridges and lithium batteries travel by road only and can not
be sent by express. A parcel that has not moved for five days counts as lost: we send a new one and look for
the old one ourselves.
""",
    "warranty.md": """# Warranty

Tents, backpacks and sleeping bags carry a warranty of five years, electronics of two, everything else of three.
The warranty covers broken seams, zips, poles and buckles. It does not cover wear, moth holes, mould from packing
a wet tent, or damage by stoves and campfires.

Send a photograph and the order number to the repair desk. Repairs take three weeks in spring and one week
otherwise. What cannot be repaired is replaced by the model of the current season.
""",
    "tent-care.md": """# Caring for a tent

Never pack a tent wet for more than a day. Dry it in the shade, since ultraviolet light ages the fly sheet. Clean
it with lukewarm water and a sponge; detergents dissolve the coating. Renew the water repellency after thirty
nights with a silicone spray for silnylon, or a polyurethane one for polyester.

Store it loosely in a cotton bag. Oil the zips with wax, not with silicone, which attracts sand. A bent pole is
replaced segment by segment; every set has a repair sleeve.
""",
    "sleeping-bags.md": """# Choosing a sleeping bag

The comfort temperature is what counts, not the extreme one. Down weighs least and packs smallest, yet loses its
loft when it is wet. Synthetic fill keeps warming when damp, costs less and weighs a third more.

For summer huts 10 degrees is enough, for three seasons 0, for winter minus 12. Side sleepers take a wide cut.
A liner adds four degrees and keeps the bag clean. Wash down twice a year at most, with tennis balls in the dryer.
""",
    "boots-sizing.md": """# Boots: sizes and fit

Measure both feet in the evening, standing, with hiking socks. Add one centimetre for mountain boots, half for
approach shoes. The heel must not lift when you walk downhill; the toes must not touch in front.

Our sizes are European. 42 is UK 8 and US 9. Leather boots widen by half a size after forty kilometres, synthetic
ones stay as they are. Insoles are exchanged free of charge within 60 days.
""",
    "gift-cards.md": """# Gift cards

Gift cards come by e-mail or on paper, from 10 to 500 euros. They are valid for four years, in shops and online,
and can be combined. The balance is shown on the account page. A lost paper card can be blocked with its receipt.
Gift cards can not be exchanged for money, except where the law asks for it.
""",
    "loyalty.md": """# The Ridge Club

Members collect one point for each euro. 200 points are a voucher of 10 euros, valid for a year. Membership is
free. Members borrow tents and snowshoes for a weekend at half the price, and are told of sales a day early.
Points are taken back when goods are returned. Accounts without an order for three years are closed.
""",
}

RUNBOOKS: dict[str, str] = {
    "checkout-latency.md": """# Runbook: slow checkout

Alert: the 95th percentile of checkout is above 2 seconds for ten minutes. First look at the payment provider's
status page. Then at the database: long transactions on the table `basket` usually mean that the nightly stock
import still runs. Pause the import with the feature flag `stock_import_enabled`. Scale the checkout pods to
twelve. When the latency is back, let the import run again at 03:00.
""",
    "database-failover.md": """# Runbook: database failover

The primary runs in zone 1, its replica in zone 2. Fail over only when the replica lags less than five seconds.
Announce it in the incident channel, set the shop to read-only, promote the replica, change the secret
`DATABASE_URL`, restart the workers first and the web pods second. Expect 90 seconds without orders. Afterwards
build a new replica from last night's backup.
""",
    "on-call.md": """# On call

The rota changes on Tuesday at 10:00. Page the second line after 15 minutes without progress, the incident
manager at once when orders are lost. Every incident of severity one has a review within five working days; the
review looks for causes, never for culprits. Night pages earn the next morning off.
""",
    "search-reindex.md": """# Runbook: rebuild the product search

Rebuild the index when more than one percent of products have no embedding. Start `reindex --shadow`; it writes a
second index beside the first one and takes 40 minutes. Compare fifty golden queries. Swap the alias only when
recall at ten has not fallen by more than two points. Keep the old index for a day.
""",
    "secrets-rotation.md": """# Rotating secrets

Keys of the language models are rotated every 90 days, the payment certificate every year in May. Make the second
key active, deploy, wait an hour, then regenerate the first. Nothing is ever written into a ticket. A key that
appeared in a log is rotated within the hour, whoever may have seen it.
""",
}

QUESTIONS: tuple[tuple[str, str], ...] = (
    ("How long can I send a jacket back?", "Within 60 days of delivery. The label is on your order page."),
    (
        "When do I get my money back?",
        "Within 14 days after the parcel has reached our warehouse in Rotterdam.",
    ),
    ("Can I return a climbing rope?", "Only while its seal is unbroken, for safety reasons."),
    ("How much is express shipping?", "12.90 euros; the parcel arrives the next working day before noon."),
    ("From which amount is shipping free?", "From 80 euros on."),
    ("Do you send gas cartridges by express?", "No, they travel by road only."),
    ("How long is the warranty on a tent?", "Five years; it covers seams, zips and poles."),
    (
        "Is mould on my tent covered?",
        "No. Mould comes from packing a wet tent and is not covered by the warranty.",
    ),
    ("How do I clean my tent?", "With lukewarm water and a sponge, without any detergent."),
    ("Which sleeping bag for winter?", "One with a comfort temperature of minus 12 degrees."),
    ("Is down or synthetic better when it is wet?", "Synthetic: it keeps warming when damp."),
    ("What is size 42 in UK sizes?", "UK 8, and US 9."),
    ("How long is a gift card valid?", "Four years, in shops and online."),
    ("What is a Ridge Club point worth?", "200 points are a voucher of 10 euros."),
    ("My parcel has not moved for a week.", "It counts as lost after five days: we send a new one at once."),
)

REVIEWS: tuple[str, ...] = (
    "The tent stood through a storm on Skye. Not a drop came in.",
    "Zip broke on the second night. The repair desk was quick, though.",
    "Boots run small; I had to change them for a bigger size.",
    "Lightest bag I ever had, and warm enough for October.",
    "The stove arrived without its regulator.",
    "Friendly shop, honest advice, fair price.",
    "Rucksack squeaks at the left strap. Maddening on long days.",
    "Express came two days late, right after we had left.",
    "Five years with this jacket and it still sheds water.",
    "The head torch dies in the cold after an hour.",
)
