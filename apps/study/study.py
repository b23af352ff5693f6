"""Study how people teach: participants agree, draw, train, test and answer; export what they did."""

import sys

import panel as pn

from imlkit import Button, Checkbox, EventLog, Text, data_store
from imlkit.apps.study.command import main
from imlkit.apps.study.guide import Farewell, StudyGuide
from imlkit.apps.study.participants import Participant, Participants
from imlkit.apps.study.questionnaire import Question, Questionnaire
from imlkit.apps.study.taking_part import TakingPart
from imlkit.apps.study.teaching import Teaching
from imlkit.layouts.layout import Layout

# What is studied: change the words, the classes and the questions to your own.
TITLE = "Teaching a computer to see"
CLASSES = ("face", "house")
EXAMPLES = 4
TESTS = 4
STEPS = ("Consent", "Instructions", "Draw", "Train", "Test", "Questions")

CONSENT = """\
We study how people who have never done so teach a computer. It takes about ten minutes.

- **What you do:** you draw, train the computer with your drawings, test it, and answer a few questions.
- **What is kept:** your drawings, what the computer learned from them, your answers, and when you pressed
  what. All of it is kept under a random code. We do not ask for your name, and keep nothing that tells
  who you are; please do not draw or write such things.
- **What it is for:** research; results are published without anything that leads to you.
- **You are free:** take part only if you wish. You can stop at any time, and remove everything of yours
  with the button *Withdraw* that is on every page from then on.
"""
INSTRUCTIONS = f"""\
You will teach the computer to tell a **{CLASSES[0]}** from a **{CLASSES[1]}**, as you would draw them.

1. **Draw** at least {EXAMPLES} of each, and say what each is.
2. **Train** the computer: it looks for what your drawings have in common.
3. **Test** it with at least {TESTS} new drawings. If it is often wrong, go back, draw more and train again.
4. **Answer** a few questions.

There is no right or wrong: it is the computer that is tested. You may go back to any step. If you want
to go on later, keep the **address of this page**, as a bookmark for example: it is yours alone, and leads
back to where you were. Do not give it to others.
"""
DRAW = "Draw one thing on the sheet, then press what it is. Draw them differently, as one might meet them."
TRAIN = """\
Now let the computer learn from your drawings: press the button, it takes a few seconds. You may come back
and train it again, whenever you have drawn more.
"""
TEST = "Draw something new and see what the computer says. Then press what you drew, whatever it said."
ASK = "Please answer what is marked as required. Every answer is kept at once."
THANKS = """\
**Thank you for taking part.** Your code is

**{code}**

Keep it if you may want to ask us about your data later: then tell us this code, and no name. You may also
come back to this page by its address, and withdraw with the button above.
"""
DECLINED = "You have not taken part, and nothing was kept. You may close this page, or [read it again](?)."
WITHDRAWN = "Everything of yours has been removed. Thank you for your time; you may close this page."
UNKNOWN = """\
This address leads to nobody who takes part: they may have withdrawn, or the address is not complete.
You may [begin from the start](?).
"""
QUESTIONS = (
    Question("easy", "It was easy to teach the computer."),
    Question("understood", "I understood why the computer was right or wrong."),
    Question("trust", "I would trust the computer to sort my drawings."),
    Question(
        "experience", "How often have you trained a computer before?", ("Never", "Once", "Several times")
    ),
    Question("strategy", "How did you choose what to draw?", levels=(), required=True),
    Question("remarks", "Is there anything else you want to tell us?", levels=(), required=False),
)


def ask_consent(people: Participants) -> StudyGuide:
    """Show what the study is about; whoever agrees is given a page of their own."""
    guide, agrees = StudyGuide(TITLE), Checkbox("I have read this, I am of age, and I agree to take part.")
    decline = Button("I do not want to take part", kind="secondary")
    decline.clicks.subscribe(lambda _: guide.leave("?declined=1"))
    guide.step("Consent").text(CONSENT).use(agrees, decline)
    guide.step("Instructions").text("One moment: your page is being made…").opens_when(
        agrees.value, "Tick the box to take part. Otherwise press the button beneath it."
    )
    for name in STEPS[2:]:
        guide.step(name).opens_when(agrees.value.map(lambda _: False), "Agree to take part first.")
    begun = guide.current.filter(lambda step: step == "instructions" and agrees.value.value)
    begun.compute(lambda _: begin(people), policy="drop").subscribe(
        lambda key: guide.leave(f"?participant={key}#instructions")
    )
    return guide


def begin(people: Participants) -> str:
    """Take in a participant; return their key."""
    participant, key = people.begin(CONSENT)
    participant.note(step="instructions")
    EventLog(people.name, people.store, {"participant": participant.code}).record("consent")
    return key


def take_part(people: Participants, participant: Participant) -> StudyGuide:
    """Show a participant their own study, where they left it."""
    guide, log = StudyGuide(TITLE), EventLog(people.name, people.store, {"participant": participant.code})
    part = TakingPart(guide, participant, log)
    teaching = Teaching(people.store, participant, log, CLASSES, EXAMPLES, TESTS)
    asked = Questionnaire(QUESTIONS, participant, log)

    agreed = f"You agreed on {participant.agreed:%-d %B %Y at %H:%M} UTC. Your code is {participant.code}."
    guide.step("Consent").text(CONSENT).use(Text(agreed)).tells(Text(agreed).value)
    guide.step("Instructions").text(INSTRUCTIONS)
    guide.step("Draw").text(DRAW).use(teaching.drawn, [teaching.sheet.view(), teaching.browser]).tells(
        teaching.drawn.done
    )
    guide.step("Train").text(TRAIN).use([teaching.train], teaching.progress).opens_when(
        teaching.drawn.missing, "Draw some examples first."
    ).tells(teaching.learned)
    guide.step("Test").text(TEST).use(
        teaching.tested, [teaching.trial_sheet.view(), teaching.answer]
    ).opens_when(teaching.missing_training, "Train the computer first.").tells(teaching.tested.done)
    guide.step("Questions").text(ASK).use(*asked.fields).opens_when(
        teaching.tested.missing, "Test the computer first."
    )
    guide.summary(THANKS.format(code=participant.code)).opens_when(
        asked.missing, "Answer the questions first."
    )
    guide.ending.name = "Thanks"
    part.resume()
    return guide


def page() -> Layout:
    """Return what the page shows, by its address."""
    given = {
        name: values[0].decode(errors="replace") for name, values in pn.state.session_args.items() if values
    }
    if "declined" in given:
        return Farewell(TITLE, "That is all right", DECLINED)
    if "withdrawn" in given:
        return Farewell(TITLE, "You have withdrawn", WITHDRAWN)
    people = Participants(data_store("study"))
    if "participant" not in given:
        return ask_consent(people)
    participant = people.known_by(given["participant"])
    return take_part(people, participant) if participant else Farewell(TITLE, "Nobody is here", UNKNOWN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
page().servable()
