"""The German part of the sample corpus."""

from tixallo.cli.demo.topics import Language, Topic

_TOPICS = (
    Topic(
        tag="billing",
        weight=5,
        priorities=(2, 6, 3, 0),
        subjects=("Frage zur Rechnung {invoice}", "Falscher Steuersatz auf {invoice}"),
        openings=(
            "auf der Rechnung {invoice} steht ein Betrag von {amount} EUR, den wir nicht zuordnen können.",
            "die Rechnung {invoice} weist 7 % statt 19 % Mehrwertsteuer aus.",
        ),
        details=("Wir nutzen den Tarif {plan} mit {seats} Plätzen.", "Die Zahlung ging am {day}. des Monats ab."),
        requests=(
            "Könnten Sie das bitte prüfen?",
            "Bitte schicken Sie uns eine korrigierte Rechnung.",
        ),
        replies=("vielen Dank für den Hinweis. Die korrigierte Rechnung {invoice} liegt jetzt unter „Abrechnung“.",),
        follow_ups=("Danke, wir haben sie gefunden. Gilt das auch für den Vormonat?",),
        endings=("Ja, auch der Vormonat ist berichtigt. Melden Sie sich gern, wenn noch etwas fehlt.",),
    ),
)

GERMAN = Language(
    word="german",
    topics=_TOPICS,
    hails=("Guten Tag,", "Hallo zusammen,", "Sehr geehrte Damen und Herren,", "Guten Morgen,"),
    byes=("Mit freundlichen Grüßen", "Viele Grüße", "Besten Dank"),
    our_hails=("Guten Tag {name},", "Hallo {first},"),
    our_byes=("Mit freundlichen Grüßen", "Viele Grüße"),
)
