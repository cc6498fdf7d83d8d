"""The texts of the sample tickets, in each language of the pages."""

from typing import NamedTuple


class Sample(NamedTuple):
    """One sample ticket; `answer` is ours and leads to the status `then`."""

    name: str
    email: str
    subject: str
    text: str
    priority: str = "medium"
    tags: tuple[str, ...] = ()
    note: str = ""
    answer: str = ""
    then: str = ""


_ENGLISH = (
    Sample(
        "Grace Obi",
        "grace@globex.example",
        "Invoice shows the wrong VAT",
        "Hello,\n\nthe invoice of May has 7 % VAT on it, but our contract says 19 %. Could you send a corrected one? "
        "Our books close on Friday.\n\nGrace Obi",
        "high",
        ("invoice",),
        "The tax table changed in April; two others had the same.",
    ),
    Sample(
        "Tomás Rey",
        "tomas@initech.example",
        "Export stops at row 5,000",
        "Since Monday the CSV export ends after row 5,000, without an error. The screen says 12,480 rows.\n\nTomás",
        "medium",
        ("export",),
    ),
    Sample(
        "Mei Tan",
        "mei@hooli.example",
        "Cannot sign in after the password reset",
        "I reset my password twice and still get “not correct”. I have a presentation in an hour.",
        "urgent",
        ("login",),
    ),
    Sample(
        "Jonas Berg",
        "jonas@umbrella.example",
        "Can we have two addresses on one account?",
        "We would like mails to go to our accounting as well. Is there a setting for it?",
        "low",
        (),
        "",
        "Hello Jonas,\n\nyes: under Settings, Recipients, you can add as many as you like.\n\nIs that what you need?",
        "pending",
    ),
    Sample(
        "Ana Duarte",
        "ana@globex.example",
        "Thank you for the quick help",
        "Just wanted to say that the update solved it. Thanks!",
        "low",
        (),
        "",
        "Hello Ana,\n\nglad to hear it. Have a good week!",
        "resolved",
    ),
)
_GERMAN = (
    Sample(
        "Grace Obi",
        "grace@globex.example",
        "Rechnung mit falscher Umsatzsteuer",
        "Guten Tag,\n\nauf der Rechnung vom Mai stehen 7 % Umsatzsteuer, im Vertrag sind es 19 %. Können Sie uns eine "
        "korrigierte schicken? Am Freitag schließen wir die Bücher.\n\nGrace Obi",
        "high",
        ("rechnung",),
        "Die Steuertabelle hat sich im April geändert; zwei andere hatten dasselbe.",
    ),
    Sample(
        "Tomás Rey",
        "tomas@initech.example",
        "Export endet bei Zeile 5.000",
        "Seit Montag endet der CSV-Export nach Zeile 5.000, ohne Fehler. Auf dem Bildschirm sind es 12.480 Zeilen.\n\n"
        "Tomás",
        "medium",
        ("export",),
    ),
    Sample(
        "Mei Tan",
        "mei@hooli.example",
        "Anmeldung geht nach neuem Passwort nicht",
        "Ich habe mein Passwort zweimal neu gesetzt und bekomme weiter „nicht korrekt“. In einer Stunde ist meine "
        "Präsentation.",
        "urgent",
        ("anmeldung",),
    ),
    Sample(
        "Jonas Berg",
        "jonas@umbrella.example",
        "Zwei Adressen für ein Konto?",
        "Wir hätten gern, dass Mails auch an unsere Buchhaltung gehen. Gibt es dafür eine Einstellung?",
        "low",
        (),
        "",
        "Guten Tag Herr Berg,\n\nja: Unter Einstellungen, Empfänger können Sie beliebig viele eintragen.\n\n"
        "Hilft Ihnen das?",
        "pending",
    ),
    Sample(
        "Ana Duarte",
        "ana@globex.example",
        "Danke für die schnelle Hilfe",
        "Nur kurz: Mit dem Update ist es behoben. Vielen Dank!",
        "low",
        (),
        "",
        "Guten Tag Frau Duarte,\n\ndas freut uns. Eine schöne Woche!",
        "resolved",
    ),
)
SAMPLES = {"en": _ENGLISH, "de": _GERMAN}
