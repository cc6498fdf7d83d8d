"""The English part of the sample corpus."""

from tixallo.cli.demo.topics import Language, Topic

_TOPICS = (
    Topic(
        tag="billing",
        weight=14,
        priorities=(2, 6, 3, 0),
        subjects=(
            "Charged twice for {invoice}",
            "Question about invoice {invoice}",
            "Card ending {last4} was declined",
        ),
        openings=(
            "Our accounts team noticed two payments of {amount} EUR for the same invoice.",
            "Invoice {invoice} shows {amount} EUR, but our contract says something else.",
        ),
        details=(
            "The invoice number is {invoice}, the payment went out on the {day}th.",
            "We are on the {plan} plan with {seats} seats and pay by card ending {last4}.",
        ),
        requests=(
            "Could you look into it and refund the difference?",
            "Please send us a corrected invoice.",
        ),
        replies=(
            (
                "I have found both payments for {invoice}. The second one is on its way back to the card ending {last4}; "
                "banks take up to five working days."
            ),
            (
                "The amount of {amount} EUR includes {seats} seats that were added during the month. I have attached the "
                "calculation to your account under Billing."
            ),
        ),
        follow_ups=(
            "Thanks. The refund has not arrived yet, is there a reference that I can give to the bank?",
            "That explains it. Can the seats be listed separately next time?",
        ),
        endings=(
            "The refund carries the reference {reference}. I am closing this here; just answer if anything is missing.",
        ),
    ),
)

ENGLISH = Language(
    word="",
    topics=_TOPICS,
    hails=("Hello,", "Hi there,", "Good morning,", "Hi,", "Dear support team,"),
    byes=("Best regards", "Thanks", "Kind regards", "Many thanks", "Cheers"),
    our_hails=("Hello {first},", "Hi {first},", "Dear {first},"),
    our_byes=("Best regards", "Kind regards", "All the best"),
)
