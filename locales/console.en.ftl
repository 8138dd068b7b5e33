# Words of the console, English. Arabic has the same messages with the same values; a test says so.

brand = Basira
skip = Skip to the content
menu = Menu
close = Close

# Signing in
sign-in = Sign in
sign-out = Sign out
sign-in-wrong = This did not fit: the name, the password or the code. What of these is not said.
name = Name
name-about = A pseudonym is best: it is what colleagues see.
password = Password
password-new = New password
password-again = The same once more
password-current = Your password now
password-change = Change the password
password-wrong = That is not your password.
password-differs = The two passwords differ.
password-short = { $n ->
    [one] At least { $n } character. Several words are easy to remember.
   *[other] At least { $n } characters. Several words are easy to remember.
}
code = Code of your second factor
code-about = Only if you have set one up; a recovery code works too.
invitation = Welcome
invitation-lead = Choose a password. You sign in with it and with this name:
invitation-accept = Keep the password and sign in

# Own account
account = Account
factor = Second factor
factor-on = Your account has a second factor.
factor-off = Your account has no second factor. With one, a stolen password is not enough.
factor-begin = Set up a second factor
factor-remove = Remove the second factor
factor-lead = Enter this secret into an app for one-time codes on your phone. Then type the code that the app shows.
factor-open = Open it in an app on this device
factor-code = Code that the app shows
factor-confirm = Confirm
factor-wrong = The code or the password did not fit. Codes change every 30 seconds; look at the clock of your phone.
sign-in-passkey = Sign in with a passkey
sign-in-provider = Sign in with
passkeys = Passkeys
passkeys-lead = A passkey of a device takes the place of password and code. Add one for each device that you use.
passkey-name = Name of the device
passkey-add = Add a passkey
passkey-made = added
passkey-used = used
passkey-unused = not used yet
passkey-remove = Remove
passkey-wait = Follow what the browser or the device asks.
passkey-failed = The browser gave no passkey: it was refused, took too long, or there is none for this site.
passkey-again = Ask again
passkey-back = Go on without a passkey
passkey-no-script = Passkeys need a browser with script; sign in with password and code instead.
identity = Account at
identity-on = Your account there is linked: you can sign in with it.
identity-off = Link your account there, and you can sign in with it. What you may do here does not change.
identity-link = Link it
identity-remove = Take the link away
identity-go = Go on to the provider
welcome-back = Welcome back
arrived-go = Go on
codes = Recovery codes
codes-lead = Each of these codes takes the place of your phone once. They are shown this once; keep them where only you can read them.
codes-kept = I have kept them
codes-left = { $n ->
    [0] You have no recovery codes left: remove the second factor and set it up anew.
    [one] You have { $n } recovery code left.
   *[other] You have { $n } recovery codes left.
}

# Sessions
sessions = Sessions
session-agent = Browser
session-begun = Signed in
session-seen = Last used
session-this = This one.
session-end = End it
session-ended = Ended
state = State

# People
people = People
role = Role
most = Up to severity
invite = Invite somebody
link = One-time link:
link-about = give it to the person over a safe channel. It is shown this once and is good for seven days.
link-new = New one-time link (for a lost password or phone)
grant-add = Add the role
grant-remove = Remove the role
person-change = Change
person-disable = Switch the account off
person-on = Active
person-off = Switched off
person-invited = Invited
all-queues = All queues
role-reviewer = Reviewer
role-senior_reviewer = Senior reviewer
role-policy_lead = Policy lead
role-curator = Curator
role-administrator = Administrator
role-auditor = Auditor
role-researcher = Researcher

# Queue
queue = Queue
queue-match = Matches
queue-incomplete = Not looked at in full
queue-second_look = Second look
queue-reported = Reported
queue-escalated = Handed up
queue-policy = A policy asks
queue-order = What has a clock stands first, then what belongs to an incident that is on, then the most severe, the oldest of these before the others. Severity says how surely it is known: the same bytes as a confirmed entry before near ones, and one step more where the platform calls it urgent. It ranks; it decides nothing.
queue-empty = Nothing waits here.
queue-full = Only the first hundred are shown. Decide these, or filter.
least = From severity
any = Any
filter = Show
severity-low = Low
severity-medium = Medium
severity-high = High
severity-critical = Critical
reason-exact = the same bytes as a confirmed entry
reason-confirmed = a person confirmed the entry
reason-same_bytes = the same bytes as an entry
reason-near = near an entry
reason-not_looked_at = something could not be looked at
reason-urgent = the platform calls it urgent
reason-reported = somebody has reported it
reason-policy = a policy asks for a person
reason-late = a copy came when all was decided
reason-incident = it belongs to an incident
reason-wide = posted again and again
list-separator = {", "}
why = Why:
held = Somebody works on it
held-by-you = You work on it
members = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
bytes = { $n ->
    [one] { $n } byte
   *[other] { $n } bytes
}
age-minutes = { $n ->
    [0] just now
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
age-hours = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
age-days = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}

# Case
case = Case { $n }
entry = Entry { $n }
group = Group { $n }
case-state-open = Open
case-state-decided = Decided
case-state-put_off = Put off
back-to-queue = Back to the queue
take = Take the case
release = Let go of the case
lost = Somebody else works on this case now. What you decide here will be refused.
groups-about = A group is the items with the same bytes. A decision is about one group and no other.
found = What was found and why
found-nothing = Nothing that can be shown.
gaps = What was not looked at
left-out = There is more than is shown here.
items = Items
joined-first = opened the case
joined-same_bytes = the same bytes
joined-same_entry = nearest to the same entry
joined-late = nearest to the same entry, and came when all was decided
fact-source = From
fact-external = Name at its source
fact-url = Address
fact-author = Author, as the platform calls them
fact-thread = Thread
fact-language = Language
fact-visibility = Visible to
fact-countries = Countries
covered = Covered. Uncover only what you need; each time is noted in the log.
reveal = Uncover, small and grey
reveal-title = Uncovered
reveal-back = Cover it again and go back
reveal-noted = This was noted in the log. Pictures are made anew, small and grey; hidden characters of texts are shown as their numbers.
reveal-alt = Small grey picture of the item
reveal-forgotten = The bytes of this item are not kept any more.
shown-to-nobody = A policy has this shown to nobody. Decide by what it matched.
reveal-nothing = There is no picture and no text in it that could be shown.
translate = Translate into English
translate-about = By the program that was set up on this machine; nothing is sent anywhere. The item counts as uncovered once more.
translated = Translation by a program
translated-about = It may be wrong. Decide by the original.
reveal-cut = The text goes on; this is its beginning.
decision = Decision
decide = Decide
decide-legend = What is it?
outcome-violating = Violating
outcome-not_violating = Not violating
outcome-exempt = Exempt
outcome-unsure = Unsure
outcome-cannot_tell = Cannot tell
outcome-duplicate_of = Duplicate of another case
outcome-suspected_child_abuse = Suspected sexual abuse of a child
outcome-threat_to_life = Threat to life
about-violating = It breaks the rules.
about-not_violating = It does not break them.
about-exempt = It would, but for what it is for. Choose the reason below.
about-unsure = Somebody else shall look.
about-cannot_tell = What is here is not enough to tell.
about-duplicate_of = Name the case below.
about-suspected_child_abuse = It is sealed at once, and nobody looks again.
about-threat_to_life = A second person confirms it within the hour; whom to call is shown.
exemption = Reason of an exemption
exemption-none = None
exemption-news = News
exemption-research = Research
exemption-counter_speech = Counter-speech
exemption-documentation = Documentation
duplicate = Number of the other case
note = Note for colleagues
undo = Undo
undo-about = { $n ->
    [one] For { $n } second it can be undone; nothing leaves before.
   *[other] For { $n } seconds it can be undone; nothing leaves before.
}
reverse = Reverse
reverse-about = The platform is told that it does not hold, and the group waits for a new decision.
decision-state-draft = can be undone
decision-state-effective = in effect
decision-state-undone = undone
decision-state-ended = its time has come: the platform was told to undo it
decision-state-reversed = reversed
more-groups = There are more groups; they are shown when these are decided.
history = What was decided
others = Other cases of this entry

# Reports and appeals
reports = Reports
reports-of-case = What was reported
reports-about = Reports rank a case and decide nothing. Who has sent them is kept apart and shown nowhere.
reports-count = { $n ->
    [0] No reports
    [one] { $n } report
   *[other] { $n } reports
}
report-number = Report { $n }
report-from = From
report-by-form = the public form
report-what = About
report-sources = How often reports were right
report-sources-about = By institution, of the reports that people have decided. Those of the public form are one row: nobody is counted who is no institution.
report-source = Institution
report-decided = Decided
report-share = Right
report-interval = 95 % interval
reports-not-held = Reports of what is not held
reports-not-held-about = When an item of this name or address comes, it is put before people.
category-terrorism = Calls for violence, praises it, or recruits for a group that commits it
category-threat_to_life = Somebody’s life may be in danger
category-graphic_violence = Shows violence
category-hatred = Stirs up hatred against people for what they are
category-other = Something else
appeals = Appeals
appeals-about = The oldest stand first. Whoever has made a decision does not decide the appeal against it.
appeals-none = No appeal waits.
appeal = Appeal { $n }
appeal-words = What the author says
appeal-against = The decision
appeal-own = You have made this decision: somebody else decides the appeal.
appeal-legend = What becomes of the decision?
appeal-ruling-uphold = It stands
appeal-ruling-overturn = It is taken back
appeal-about-uphold = The platform is told that the appeal was rejected.
appeal-about-overturn = The platform is told to undo what it did, and the group waits for a new decision.
appeal-answer = The author is told:
appeal-answer-field = Answer to the author
appeal-answer-about = Why, in plain words. The author reads this; the platform gets it too.
appeal-decide = Decide the appeal
appeal-decided = Decided by
appeal-state-open = waits
appeal-state-upheld = the decision stands
appeal-state-overturned = the decision was taken back
back-to-appeals = Back to the appeals

# Forms for whoever has no account
hosted-report = Report content
hosted-report-lead = Tell us about content that should be looked at. People decide, not machines. You need no account.
hosted-what = Where is it?
hosted-what-about = The exact address of the post, the picture or the film.
hosted-category = What is it?
hosted-words = Why do you report it?
hosted-words-about = The people who decide read this. Do not write your name or anything about yourself here.
hosted-who = Who you are (optional)
hosted-who-about = It is encrypted, kept apart from the report, and the people who decide do not see it.
hosted-name = Your name
hosted-email = Your e-mail address
hosted-good = I believe in good faith that what I write here is accurate and complete.
hosted-report-send = Send the report
hosted-report-sent = Your report has arrived
hosted-report-next = People will look at it. With this code you can ask what has become of it:
hosted-appeal = Appeal
hosted-appeal-lead = If your content was restricted and you think that this was wrong, say why. Somebody else than who has decided will look again.
hosted-decision-code = Code of the decision
hosted-decision-code-about = It stands in the message by which your platform told you of the decision.
hosted-appeal-words = Why was the decision wrong?
hosted-appeal-send = Send the appeal
hosted-appeal-sent = Your appeal has arrived
hosted-appeal-next = Somebody else will look again. With this code you can ask what has become of it:
hosted-code = Your code:
hosted-code-about = Keep it where only you can read it. It is shown this once, and whoever has it can read what was decided.
hosted-status = What has become of it?
hosted-code-field = Your code
hosted-status-ask = Ask
hosted-your-report = Your report
hosted-your-appeal = Your appeal
hosted-answer = The answer to you:
hosted-appeal-open = It has arrived, and nobody has decided it yet.
hosted-appeal-upheld = Somebody else has looked again: the decision stands.
hosted-appeal-overturned = Somebody else has looked again: the decision was wrong and is taken back.
report-status-received = It has arrived. Nobody has decided yet.
report-status-violating = People have decided: it breaks the rules.
report-status-not_violating = People have decided: it does not break the rules.
hosted-wrong-what = Say where it is: the exact address, in one line.
hosted-wrong-category = Choose what it is.
hosted-wrong-words = Say why, in your own words.
hosted-wrong-long = Your words are too long, or have characters that cannot be taken.
hosted-wrong-name = The name is too long, or has several lines. You can leave it out.
hosted-wrong-email = This is no e-mail address, like name@example.org. You can leave it out.
hosted-wrong-good = Confirm that you believe in good faith what you write.
hosted-wrong-code = There is nothing with this code. Look whether it is complete.
hosted-wrong-decision = There is no decision with this code that could be appealed against. Look whether it is complete; it may also have been taken back already.
hosted-wrong-twice = There is an appeal against this decision already. Ask after it with its own code.
# What becomes of a decision
action = Action
action-legend = If it breaks the rules
action-remove = Remove it; it can be restored
action-restrict_hold = Only its author sees it
action-restrict_reach = Not recommended, not found by search
action-restrict_region = Not shown in the countries of the item
action-restrict_age = Adults only, behind a warning
action-restrict_interaction = Nobody can reply or share
action-label = A warning on it
action-preserve = Keep it as evidence
action-allow = Nothing; it is noted
clause = Clause of the rules
scope = Countries
scope-about = Two letters each, as EG DE. Empty: everywhere.
scope-everywhere = Everywhere
hours = Hours until it ends
hours-about = Empty: until somebody takes it back.
holds-until = Until
confirms = Confirms decision { $n }
likeness-whole = all of it
likeness-part = a part of it
context-reporting = reads as a report
context-mixed = reads partly as a report
context-unclear = other text around it
copies = Near copies
copies-lead = These were found like the group that was decided, and stand among the same. Take the mark away from each that you doubt; who comes later waits for a person.
copies-bulk = So many need a second person.
copies-sure = I have compared what is listed with the group that was decided
copies-apart = Look at it apart
copies-wait = These wait until the group above them is decided. What shows a part only is decided one by one where the platform has to act.
told-kind-decided = Action
told-kind-reversed = Reversal
told-waiting = { $n ->
    [one] { $n } on its way
   *[other] { $n } on their way
}
told-delivered = { $n ->
    [one] { $n } arrived and not confirmed
   *[other] { $n } arrived and not confirmed
}
told-confirmed = { $n ->
    [one] { $n } confirmed by the platform
   *[other] { $n } confirmed by the platform
}
told-aside = { $n ->
    [one] { $n } given up
   *[other] { $n } given up
}
told-nobody = { $n ->
    [one] Nobody is told of { $n } item: no webhook is for its source
   *[other] Nobody is told of { $n } items: no webhook is for their sources
}
told-of = What was told of decision { $n }
told-about = Of one item everything comes in its order. What is red has not been confirmed by the platform.
told-webhook = Webhook
told-attempts = Attempts
told-next = Next attempt
told-arrived = Arrived
told-acted = Confirmed
delivery-waiting = waiting
delivery-delivered = arrived, not confirmed
delivery-confirmed = confirmed by the platform
delivery-aside = given up
tried = { $n ->
    [one] tried { $n } time, and tried again
   *[other] tried { $n } times, and tried again
}
second-say = I say so too
second-waits = It takes effect when a second person says so too.
seconded-by = Said so too:
bank-into = Put it into a bank
bank-none = No
bank-about = As a shadow entry: it is watched, and decides nothing.
bank-to-come = It is put into a bank when the decision takes effect.
bank-shadow = Entry { $n } in the shadow, not confirmed
bank-confirmed = Entry { $n }, confirmed by a second person
bank-confirm = Confirm the entry
bank-confirm-about = It makes matches from then on, and automation may act on its exact copies.
sealed = This case is sealed: nothing of it is shown, banked or shared.
duty-child = Do not look at it again, do not copy it, do not send it to anybody. Report it at once to the body that the law of your country names for it, and keep it sealed until they answer. Talk to somebody if you need to.
duty-life = Tell the police or the authority that the law names, now: what is threatened, where, when, and how you know. A second person confirms here; do not wait for the platform.
trace = What policies say of it
ruled-by-key = By a personal key:
trace-none = No policy was in use, or the record was erased.

# Whose a case is
moves = Assign, put off, hand up
assign = Assign
assign-to = Whose work it is
assign-nobody = Nobody in particular
assigned = For
hold = Put it off
hold-hours = For how many hours
hold-reason = What it waits for
hold-end = Take it up again
put-off = Put off until
escalate = Hand it up
escalate-about = It goes to the queue of those who decide more.
whose = Whose
whose-all = Everybody's
whose-mine = Mine
due-in = { $n ->
    [one] { $n } minute left
   *[other] { $n } minutes left
}
due-passed = Its time has passed

# Overview
overview = Overview
overview-cases = Cases that wait
overview-decided = What was decided
overview-items = Items
overview-deliveries = What platforms are told
items-queued = Waiting
items-working = At work
items-aside = Put aside
deliveries-waiting = To be sent
deliveries-unconfirmed = Not confirmed
deliveries-aside = Given up
oldest = Oldest:
none-yet = None yet.
empty-lead = There is no bank yet, so that nothing can match. Make one and add pictures of what is known:
nothing = Nothing to see yet
nothing-lead = Your account has no role. Ask an administrator for one.

# Banks
banks = Banks
bank-kind = Kind
bank-known = Known content
bank-allow = Allowed content
bank-entries = Entries
bank-on = On
bank-off = Off
created = Made

# Log
log = Log
log-lead = Each record is bound to all before it. It holds numbers, never content and no names.
log-verify = Verify the log
log-whole = { $n ->
    [one] The log is whole: { $n } record fits.
   *[other] The log is whole: all { $n } records fit.
}
log-altered = Record { $n } does not fit those before it: something was altered or removed.
number = Number
when = When
what = What
particulars = Particulars
chain = Chain
newer = Newer
older = Older

# What went wrong
problem-forbidden = This is not allowed
problem-missing = There is no such page
problem-conflict = This cannot be done now
problem-often = Too many tries
problem-invalid = Something in the form does not fit
problem-failed = The service failed
problem-back = To the first page

# Keys
help = Keys
help-open = Keys (?)
help-lead = Keys are meant by their position on the keyboard, whatever its language.
help-rows = Next and previous case in a list
help-enter = Open it
help-take = Take the case
help-reveal = Uncover
help-outcome = Choose an outcome
help-decide = Decide
help-undo = Undo
help-back = Back
help-pages = Queue, overview
help-help = This list
help-on = Single keys are shortcuts in this browser

# Tables
as-csv = Download as CSV
never = Never
yes = Yes
no = No
value = Value
low = From
high = To
share = Share
day = Day (UTC)
hour = Hour (UTC)
minutes = Minutes
severity = Severity
keep = Keep
in-use = In use
removed = Removed
expires = Ends
label = Label
labels = Labels
size = Size
sha256 = SHA-256
not-said = Not said
hijri-sign = AH

# Totals
overview-utc = Days and hours are those of UTC. Tables of a week are of the last seven days.
overview-hours = The last 24 hours
overview-found = What was found
overview-gaps = What was not looked at
overview-gaps-about = How many items had something that could not be looked at, by its reason.
overview-reversed = Reversed
overview-action = Time to action
overview-action-about = From the opening of a case until a decision about it took effect.
overview-sources = Where items come from
overview-state = Log and backup
overview-state-about = A signed checkpoint that is kept elsewhere shows later that no record was altered. Back up with: basira backup.
chart-hours = A bar for each hour, the oldest at the left: how many items arrived. The table has the numbers.
chart-lanes = A bar for each row of the table: how many in the last seven days.
last-day = Last 24 hours
last-week = Last 7 days
arrived = Arrived
finished = Finished
decided = Decided
state-records = Records
state-signed = Records of the last checkpoint
state-signed-at = Last checkpoint
state-backup = Last backup
action-quarter = Under 15 minutes
action-hour = 15 minutes to an hour
action-four_hours = 1 to 4 hours
action-day = 4 to 24 hours
action-longer = Over 24 hours
verdict = Verdict
verdict-match = Match
verdict-no_match = No match
verdict-incomplete = Incomplete
gap-empty = It has no bytes
gap-unreadable = It could not be read
gap-truncated = It ends too early
gap-malformed = The decoder refused it
gap-unsupported = A kind that cannot be decoded
gap-pixels = Too many pixels
gap-bytes = Too many bytes
gap-frames = More frames than are looked at
gap-crashed = The decoder failed
gap-refinement = Too many candidates
gap-common = Too common in the banks
gap-time = A deadline passed
gap-memory = Too much memory
gap-forbidden = It tried what is not allowed
gap-encrypted = Encrypted
gap-depth = Nested too deep
gap-members = Too many members
gap-unpacked = Too much came out of it
gap-pictures = Too many pictures
gap-pages = Too many pages
gap-text = Too much text
gap-duration = Too long
gap-missing = A program is not installed
gap-findings = Too many links
gap-unmatched = No bank of texts to compare with

# Care
care = Care
care-lead = What you were shown is here for you alone. It is counted so that there is less of it, and not to compare people.
care-days = What you were shown, by day
care-days-about = What nobody has covered again counts as ten minutes.
care-severities = By severity, in seven days
care-none = You have uncovered nothing.
care-all = All people together, in seven days
care-all-about = { $n ->
    [one] Shown where at least { $n } person has uncovered something, so that it is nobody's number.
   *[other] Shown where at least { $n } people have uncovered something, so that it is nobody's number.
}
care-few = Too few people have uncovered something.
care-left = { $n ->
    [0] You can uncover nothing more today.
    [one] You can uncover { $n } more item today.
   *[other] You can uncover { $n } more items today.
}
reveals = Uncovered
hand-over = Hand over my cases
hand-over-about = They go back to the queue, where others take them.
rest-day = Enough for today
rest-day-about = You have uncovered as much as there is for one day. Tomorrow is another.
rest-break = Time for a break
rest-break-about = { $n ->
    [one] In { $n } minute you can go on. Look at something else meanwhile, away from the screen.
   *[other] In { $n } minutes you can go on. Look at something else meanwhile, away from the screen.
}
rest-label = You have asked not to see this
rest-label-about = The entry of this case has a label that you do not want to be shown. You need not say why.
rest-queue = The queue stays as it is, and others take over. Nothing that you do now counts against you.
rest-back = Back to the case, covered
opt-outs = What you do not want to be shown
opt-outs-labels = Labels, one on each line
opt-outs-about = Cases of entries with one of these labels are not in your queue. Nobody else is told.
rules = Caps, breaks and second looks
rules-about = They hold for everybody. 0 is none.
rule-day_reveals = Uncovered items a day
rule-about-day_reveals = After so many nothing more is uncovered until midnight (UTC).
rule-day_minutes = Uncovered minutes a day
rule-about-day_minutes = The same by time.
rule-break_after = A break after so many in a row
rule-about-break_after = A pause as long as the break begins a new row.
rule-break_minutes = Length of a break in minutes
rule-about-break_minutes = Nothing is uncovered meanwhile.
rule-sample = Second looks, of a thousand decisions
rule-about-sample = Another person decides them once more and is not told what was decided.

# Items and search
item = Item
items-about = The newest first. Items of cases that you may not see are left out.
items-empty = There is none. Items come in through the API, or by: basira demo.
item-unfinished = It is not finished yet.
item-state-queued = Waits
item-state-working = At work
item-state-done = Finished
item-state-aside = Put aside
item-decisions = What policies and people have said
item-decisions-about = Each is chained to those before it.
case-of-item = Its case
receipt = Receipt
from-day = From the day
until-day = Until the day
decided-by = Who
actor-policy = Policies
actor-person = A person
item-ruling = Outcome
search = Search
search-words = Words
search-about = Items whose texts have all of these words, however they are spelled: with or without vowels, hamza and articles. What you ask for is not kept.
search-found = Items with these words
search-further = Nothing newer has all of these words. Go on to what is older.
search-nothing = Nothing has all of these words. Try fewer, or others. Items that came before the search was set up are not found.

# Second looks and quality
second = Second looks
second-about = Somebody has decided this before. You are not told what, so that what you say is your own.
second-empty = Nothing waits for a second look by you. Decisions are drawn by chance, as often as the rules of care say.
second-back = Back to the list
second-look = Second look { $n }
second-give = Say what it is
second-give-about = It changes nothing of the decision; where you differ, a lead looks at it.
make-golden = Make it a golden item
make-golden-about = Everybody else is asked about it once, as if nobody had decided it.
quality = Quality
quality-lead = How far people agree, and how often decisions are taken back. All numbers are of all people together.
agreement = Agreement
agreement-about = Krippendorff's alpha: 1 is agreement, 0 is what chance gives. The interval is one of 95 %.
agreement-alpha = Krippendorff's alpha
agreement-none = Nothing can be said of agreement yet: too little was decided twice.
agreement-of = { $n ->
    [one] { $n } decision was looked at twice.
   *[other] { $n } decisions were looked at twice.
}
judged-twice = Decided twice
golden = Golden items
golden-about = How often people say of them what is known to be right.
golden-none = There is none. A lead makes one on the page of a case.
answers = Answers
right = Right
decisions = Decisions
reversed = Reversed
overturn-languages = Taken back, by language
overturn-policies = Taken back, by policy
overturn-sources = Taken back, by source
overturn-about = { $n ->
    [one] Of the last 500 decisions; rows with fewer than { $n } are left out. The interval is one of 95 %.
   *[other] Of the last 500 decisions; rows with fewer than { $n } are left out. The interval is one of 95 %.
}
differing = Where the second look differs
differing-about = Look at these cases again, and say in a note what the policy should make clearer.

# Banks and entries
bank = Bank
entries-empty = There is none. Add one from a file below, or by: basira bank add.
entry-question = Find an entry
entry-question-about = Its number, its name at its source, or the whole text of a signal (SHA-256, SHA-1, MD5, PDQ).
entry-add = Add an entry from a file
entry-add-about = What comes in is compared with it at once, and so is what came in before.
entry-added = Added
entry-added-about = What was seen before is looked through; what is near stands on its page:
file = File
hash-only = Keep nothing of the picture but its hashes
warnings = What you should know
trust = Trust
trust-shadow = Shadow
trust-active = Active
trust-disputed = Disputed
trust-revoked = Revoked
trust-about = Shadow matches are listed and count for nothing. Revoked is final.
confirmed = Confirmed by a person
tlp = TLP
added-by = Added by
signals = Signals
signal-quality = Quality
near = Items near it
near-about = Those that matched when they came, and those that a look-back has found: for people to look at.
near-empty = Nothing is near it.
found-by = Found
found-by-match = When it came
found-by-look_back = By a look-back
distance = Distance

# Policies
policy = Policy
policies = Policies
policies-about = Of each its newest text. Whoever has written a text does not approve it.
policies-empty = There is no policy yet. Hand the ones that are shipped in by: basira policy put; or make one by choosing.
stage = Stage
stage-draft = Draft
stage-shadow = Shadow
stage-canary = Canary
stage-enforce = Enforced
stage-retired = Out of use
stage-of-newest = Stage of the newest text
enforced-texts = Texts in effect
approvals = Approved by
approvals-needed = Approvals needed
approvals-of = { $n ->
    [0] It needs no approval.
    [one] It needs { $n } approval.
   *[other] It needs { $n } approvals.
}
per-mille = { $n ->
    [one] { $n } of a thousand contents
   *[other] { $n } of a thousand contents
}
policy-text = Text
policy-newest = Newest text
policy-automatic = Acts without a person
policy-authors = Written by
policy-until = In effect until
policy-right = The newest text passes the check, with its own tests.
policy-wrong = The newest text does not pass the check
policy-approve = Approve this text
policy-approve-about = Your name is noted, here and in the log. It is yours alone to give.
policy-move = Move this text
policy-move-about = Forwards it goes by one stage: draft, shadow, canary, enforced. Back to the shadow or out of use it always goes, at once. Your name and your reason are noted.
policy-back = Go back by one step
policy-back-about = A canary ends. Otherwise the text that was enforced before is in effect again, at once.
share-of = Of a thousand contents
emergency-hours = Hours
emergency-deploy = Put into effect in an emergency
emergency-about = Without approval, for at most 24 hours and once: it may only put items before people or restrict them.
policy-steps = Steps
policy-source = The newest text, as it was written
policy-rates = What it did in seven days
policy-rates-about = In the shadow nothing of it had effects.
rate-matched = Matched
rate-unknown = Unknown
rate-failed = Failed
rate-acted = Acted
rate-held = Held back
who = Who
why-step = Why

# Keys, webhooks, deliveries
keys = API keys
keys-about = Their secrets are shown when they are made, and nowhere else.
key-person = Person
key-revoke = Revoke a key
key-revoke-about = It is refused at once, and for good.
key-revoked = Revoked
key-expired = Ended
scopes = Scopes
webhook = Webhook
webhooks = Webhooks
webhooks-about = Who is told, of what, and how it stands. The last delivery is looked for among the newest, { $n } at most.
webhooks-empty = Nobody is told anything. Make a webhook below.
all-sources = All sources
deliveries = Deliveries
deliveries-about = The newest first. A flag is for what was given up, and for a match that nobody has confirmed to have acted on.
deliveries-empty = There is none.
delivery-number = Delivery { $n }
delivery-red = With a flag
attempts = Attempts
answer = Answer
failure = Why it failed
send-again = Send again
send-again-about = With the same id, so that a receiver that has seen it does nothing twice.

# How one reads
reading = Reading
theme = Colours
theme-device = As the device has them
theme-light = Dark on light
theme-dark = Light on dark
digits = Digits
digits-latin = 0123456789
digits-arabic = ٠١٢٣٤٥٦٧٨٩
calendar = Calendar
calendar-gregorian = Gregorian
calendar-hijri = Gregorian, with the Hijri day beside it
calendar-about = The Hijri day is computed (tabular, civil), and can be a day off what is announced.
keys-move-about = One letter each, by its position on the keyboard, whatever its language.
key-next = Next in a list
key-before = Previous in a list
key-take = Take the case
key-reveal = Uncover
key-decide = Decide
key-undo = Undo
key-back = Back
key-queue = Queue
key-overview = Overview

# Writing policies
draft = Write a policy as text
draft-form = Make a policy by choosing
draft-about = What you hand in is a draft: it does nothing until others have approved it and it was put into use. A change has no approvals of the text before.
draft-wrong = What stands against it, by line
draft-text-about = The format is described in docs/policies.md. Nothing is kept before you hand it in.
draft-check = Check
draft-format = Format
draft-test = Test, and change it to see whether a test notices
draft-try = Try it on an item
draft-item-about = The receipt from the item’s page. What was known of it when it was decided is used.
draft-tried = What it would have said of the item
draft-backtest = Backtest
draft-days = Days back
draft-save = Hand in as a draft
draft-save-about = Others are asked to approve it: it is listed on the page of policies until enough have. You cannot approve it yourself.
draft-passes = { $n ->
    [one] The check and its one test pass.
   *[other] The check and all { $n } tests pass.
}
draft-tests = Tests
draft-score = Mutation score
draft-score-about = One thing of the policy is changed at a time; a good test notices. Noticed:
draft-score-whole = The tests notice every change.
test-nothing = nothing
test-passed = passes
test-failed = fails
test-says = It says
test-expected = Expected
test-found = Found
says-true = it holds
says-false = it does not hold
says-unknown = it cannot tell
line = Line
change = Change
condition = Condition
policy-change = Change the text
policies-waiting = Waiting for approval
policies-waiting-about = Texts that were handed in and have fewer approvals than they need. Whoever has written one does not approve it.
policies-waiting-none = Nothing waits for an approval.
waits-you = You
waits-own = You have written it
waits-approved = You have approved it
waits-for-you = It waits for you
waits-for-others = It waits for others
form-about = For the simple case: when something holds, a person looks. What acts on content by itself is written as text. The form makes the text; you see it, with its tests run, before you hand it in.
form-id = Lasting name
form-id-about = a-z, 0-9, - _ . ; never one that another policy had
form-title-en = Title in English
form-title-ar = Title in Arabic
form-owner = Team that owns it
form-priority = How soon people look
form-review = Look at it again by
form-grounds = Legal grounds
form-conditions = Condition
form-join = If there are several
form-what = What is compared ({ $n })
form-operator = How ({ $n })
form-value = With what ({ $n })
form-nothing = Nothing
form-fit = Show what fits
form-fit-about = Brings the comparisons and values that go with what you have chosen.
form-asks = A person is asked, too, where it cannot be told
form-tells = The team is told
form-trials-about = At least one test in which it holds, one in which it does not, and one in which it cannot tell. For each condition write what the signal is: nothing for an ordinary item, ? for what is not known; of several matches each value, with ; between them.
form-trial = Test { $n }
form-given = Signal of condition { $n }
form-write = Make the text
priority-low = Low
priority-normal = Normal
priority-high = High
priority-urgent = Urgent
join-all = All must hold
join-any = One is enough
operator-is = is
operator-is_not = is not
operator-less = is less than, or before
operator-at_most = is at most
operator-at_least = is at least
operator-more = is more than, or after
operator-begins = begins with
operator-contains = contains
operator-ends = ends with
operator-has = has in its list
operator-has_not = does not have in its list
trial-match = It holds
trial-no_match = It does not hold
trial-unknown = It cannot tell
backtest-running = Running: { $n } % of the decisions are done. Nothing else waits for it.
backtest-again = Look again
backtest-numbers = What it would have done
backtest-about = On what was known then, beside what was decided then. Nothing was done by this.
backtest-sources = By source
backtest-languages = By language
backtest-of-items = Items
backtest-of-covered = Items of which all was known that it asks for
backtest-of-acted = Items on which it would have acted
backtest-of-enqueued = Items that it would have had people look at
backtest-of-added = Of these: nothing was done then
backtest-of-removed = Items on which something was done then, and not by it
backtest-of-alone = Items on which it alone acts
backtest-of-decided = Items on which it acts and that people have decided
backtest-of-violating = Of these: violating
backtest-of-not_violating = Of these: not violating
backtest-of-missed = Items that people found violating, on which it does not act
backtest-of-unreadable = Decisions of which nothing is known any more
backtest-precision = Precision in the eyes of people
too-few = too few to say

# What is connected; keys and webhooks made; who has reported
connectors = Connections
connectors-sources = Who sends items
connectors-sources-about = The sources of all keys, and when an item came from each the last time.
last-seen = Last seen
last-delivered = Last delivered
source-silent = Nothing came yet
webhook-failing = Failing since
webhook-aside = { $n ->
    [one] { $n } event was given up
   *[other] { $n } events were given up
}
webhook-well = In order
exchanges = Exchanges
exchanges-about = Exchanges of signals that are configured.
exchange-api = API
exchange-kept = The configuration is kept; this version does not fetch from it
exchange-off = Switched off
secret-once = This is shown this once, and cannot be shown again:
webhook-made = A webhook was made for
webhook-secret-about = By it the receiver knows that it is we who speak: what is sent is signed in the form of Standard Webhooks.
webhook-make = Make a webhook
webhook-url-about = http or https, without a password. A host within your own network must be allowed by --webhook-network.
webhook-source-about = Empty: all sources
webhook-events = What it is told
webhook-try = Try it out
webhook-try-about = It is sent an event that tells nothing; what became of it stands among the deliveries.
webhook-remove = Remove
event-item_match = Something known was found
event-item_no_match = Nothing was found
event-item_incomplete = Something could not be looked at
event-item_actions = What policies chose to be done
event-action_reversed = What was told does not hold any more
event-alert_climb = A source comes nearer and nearer to an entry
event-alert_policy = A policy went wild, quiet or wrong
event-item_decided = What people decided
event-decision_reversed = A decision does not hold any more
event-appeal_decided = An appeal was decided
key-made = A key was made:
key-make = Make a key
key-source-about = Whose items it submits and sees; empty: its name
key-person-about = Only for a key that is somebody’s own: what takes a person is done with it
key-trust = What answers hold
key-trust-full = Everything
key-trust-middle = No distances, no names of banks
key-trust-low = Receipts only
key-banks = Banks
key-banks-about = Names; empty: all
key-addresses = From where
key-addresses-about = Addresses or networks as 10.0.0.0/8; empty: from everywhere
key-rate = Requests a second
key-days = Days until it ends
scope-submit = Submit items
scope-look_up = Look things up
scope-curate = Change banks
scope-review = Decide
scope-write_policies = Write policies
scope-approve_policies = Approve policies
scope-administer = Administer: keys, webhooks, the log
scope-metrics = Read metrics
reporters = Who reported
reporters-about = Who sends a report is kept apart, and is shown with no report and no case. Whoever must answer somebody reads it here, one report at a time. That you read it, and why, is in the log before you see it.
reporter-report = Number of the report
reporter-report-about = It stands on the page of reports.
reporter-reason = Why you must know
reporter-reason-about = It is kept in the log, for auditors. Do not write who it is.
reporter-read = Note it in the log, and show it
reporter-nobody = Whoever sent this report has not said who they are, or it was forgotten after its time.
reporter-email = E-mail
reporter-noted = It is in the log that you have read this.
overview-voices = Reports and appeals
appeals-open = Appeals that wait
reports-not-held-count = Reports of what is not held
overview-reported = Reports that came in
overview-appealed = Appeals
appealed-open = came in
appealed-upheld = the decision stands
appealed-overturned = the decision was taken back
# Routing
routing = Routing
routing-lead = A new case goes where the first rule says of which everything holds. What is left open is not asked. Rules are tried on the last cases before they are put into effect; cases that wait already stay where they are.
routing-none = No rules are in force: every case waits in the queue that it was found for.
routing-version = Routing { $n } is in force
routing-tried = What these rules would do
routing-compared = { $n ->
    [one] One case was compared
   *[other] { $n } cases were compared
}
routing-moved = { $n ->
    [0] None would go elsewhere
    [one] One would go elsewhere
   *[other] { $n } would go elsewhere
}
routing-unknown = { $n ->
    [one] One older case is left out: it is not known what it was when it was opened
   *[other] { $n } older cases are left out: it is not known what they were when they were opened
}
routing-counts = How many, and where to
routing-old = Now
routing-new = With these rules
routing-cases = Cases
routing-no-cases = No case was opened yet. Rules can be put into effect all the same.
routing-list = Cases that would go elsewhere
routing-list-about = The newest first, at most 200. Nothing was moved.
routing-by = By rule
routing-no-rule = none
routing-none-moved = None.
routing-try = Try these rules
routing-put = Put these rules into effect
route-rule = Rule { $n }
route-place = Place
route-found-as = Found for
route-reason = One of its reasons
route-category = Reported for
route-label = Label of the entry
route-source = Platform
route-language = Language
route-asked = A policy names the queue
route-to = Goes to the queue
route-otherwise = All others go to the queue
route-otherwise-about = Left open, they wait where they were found. A name of small letters, digits and - makes a queue; give somebody a role for it.
routed-rule = Sent here by rule { $n }
routed-version = of routing { $n }

# Incidents
incidents = Incidents
incidents-lead = While an incident is on, cases near its banks come first. It restricts nothing, and decides nothing; it ends by itself.
incidents-empty = There was no incident.
incident-on = Incident:
incident-is-on = on
incident-is-over = over
incident-begun = Declared
incident-ends = ends
incident-ended = Ended
incident-by-itself = by itself
incident-end = End it now
incident-declare = Declare an incident
incident-name = What it is called
incident-reason = Why
incident-hours = For how many hours
incident-hours-about = 1 to 72.
incident-banks = What it is about: these banks
incident-new-bank = A bank made for it
incident-new-bank-about = Left open, none is made.
incident-holds = Holds
incident-holds-longer = What policies hold back near these banks is held back until the incident ends
incident-holds-about = Only what a policy holds back with an end of its own. Whoever decides a case decides as ever.

# Two people
purges = Purges
purges-about = What is purged is destroyed for good: bytes, previews, texts, and what was found in them. Verdicts, decisions and the log stay. It needs two people, and can be withdrawn until it happens. Backups that were made before still have it.
shares = Sharing
shares-about = An entry goes further than its marking says only when two people want it.
two-empty = Nothing was asked for.
two-waits = waits for a second person
two-state-draft = about to happen
two-state-effective = done
two-state-undone = did not happen
two-state-reversed = taken back
two-asked = Asked for
two-seconded = Second person
two-settles = Happens
two-ended = Ended
two-stopped = Stopped
two-changed = it changed meanwhile
two-second = I want this, too
two-withdraw = Withdraw
two-reason = Why
two-about = A second person must want it, too.
purge = Purge
purge-about = The bytes, previews and texts of this case are destroyed for good.
purge-blocked = Not now:
purge-ask = Ask for a purge
purge-block-sealed = it is sealed
purge-block-preserved = it must be preserved for some time
purge-block-undo = a decision about it can still be undone, or waits for a second person
purge-block-appeal = an appeal about it is open
purge-block-look = somebody is to look at it once more
purge-block-undecided = not all of it is decided
purge-block-working = it is being worked on
share-entry = Share this entry
share-ask = Ask for it to be shared
