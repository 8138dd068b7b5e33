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
queue-policy = A policy asks
queue-order = The most severe cases stand first, the oldest of these before the others. Severity ranks; it decides nothing.
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
reason-policy = a policy asks for a person
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
reveal-nothing = There is no picture and no text in it that could be shown.
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
about-violating = It breaks the rules.
about-not_violating = It does not break them.
about-exempt = It would, but for what it is for. Choose the reason below.
about-unsure = Somebody else shall look.
about-cannot_tell = What is here is not enough to tell.
about-duplicate_of = Name the case below.
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
decision-state-reversed = reversed
more-groups = There are more groups; they are shown when these are decided.
history = What was decided
others = Other cases of this entry

# Overview
overview = Overview
overview-cases = Cases that wait
overview-decided = Decided in the last 24 hours
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
