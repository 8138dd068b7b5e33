# كلمات واجهة المراجعة بالعربية. للإنجليزية الرسائل نفسها والقيم نفسها، وثمة اختبار يتحقق من ذلك.

brand = بصيرة
skip = انتقل إلى المحتوى
menu = القائمة
close = إغلاق

# الدخول
sign-in = تسجيل الدخول
sign-out = تسجيل الخروج
sign-in-wrong = لم يصحّ الاسم أو كلمة المرور أو الرمز. ولا يُذكر أيّها.
name = الاسم
name-about = يُفضَّل اسم مستعار، فهو ما يراه الزملاء.
password = كلمة المرور
password-new = كلمة مرور جديدة
password-again = أعد كتابتها
password-current = كلمة مرورك الحالية
password-change = غيّر كلمة المرور
password-wrong = ليست هذه كلمة مرورك.
password-differs = الكلمتان مختلفتان.
password-short = { $n ->
    [zero] { $n } حرف على الأقل. عدة كلمات يسهل تذكّرها.
    [one] حرف واحد على الأقل. عدة كلمات يسهل تذكّرها.
    [two] حرفان على الأقل. عدة كلمات يسهل تذكّرها.
    [few] { $n } أحرف على الأقل. عدة كلمات يسهل تذكّرها.
    [many] { $n } حرفًا على الأقل. عدة كلمات يسهل تذكّرها.
   *[other] { $n } حرف على الأقل. عدة كلمات يسهل تذكّرها.
}
code = رمز العامل الثاني
code-about = إن كنت قد أعددته فقط، ويصلح رمز الاسترداد أيضًا.
invitation = أهلًا بك
invitation-lead = اختر كلمة مرور. ستسجّل الدخول بها وبهذا الاسم:
invitation-accept = احفظ كلمة المرور وسجّل الدخول

# الحساب
account = الحساب
factor = العامل الثاني
factor-on = لحسابك عامل ثانٍ.
factor-off = ليس لحسابك عامل ثانٍ. ومعه لا تكفي كلمة مرور مسروقة.
factor-begin = أعدّ عاملًا ثانيًا
factor-remove = أزل العامل الثاني
factor-lead = أدخل هذا السر في تطبيق للرموز المؤقتة على هاتفك، ثم اكتب الرمز الذي يعرضه.
factor-open = افتحه في تطبيق على هذا الجهاز
factor-code = الرمز الذي يعرضه التطبيق
factor-confirm = أكّد
factor-wrong = لم يصحّ الرمز أو كلمة المرور. تتغيّر الرموز كل 30 ثانية، فتحقّق من ساعة هاتفك.
codes = رموز الاسترداد
codes-lead = يحلّ كل رمز من هذه محلّ هاتفك مرة واحدة. تُعرض هذه المرة فقط، فاحفظها حيث لا يقرؤها غيرك.
codes-kept = حفظتها
codes-left = { $n ->
    [zero] لم يبقَ لك رمز استرداد: أزل العامل الثاني وأعدّه من جديد.
    [one] بقي لك رمز استرداد واحد.
    [two] بقي لك رمزا استرداد.
    [few] بقيت لك { $n } رموز استرداد.
    [many] بقي لك { $n } رمز استرداد.
   *[other] بقي لك { $n } رمز استرداد.
}

# الجلسات
sessions = الجلسات
session-agent = المتصفح
session-begun = بدأت
session-seen = آخر استعمال
session-this = هذه الجلسة.
session-end = أنهِها
session-ended = انتهت
state = الحالة

# الأشخاص
people = الأشخاص
role = الدور
most = حتى الشدة
invite = ادعُ شخصًا
link = رابط لمرة واحدة:
link-about = أعطه الشخص عبر قناة آمنة. يُعرض هذه المرة فقط، ويصلح سبعة أيام.
link-new = رابط جديد لمرة واحدة (لمن فقد كلمة مروره أو هاتفه)
grant-add = أضف الدور
grant-remove = أزل الدور
person-change = تغيير
person-disable = أوقف الحساب
person-on = نشط
person-off = موقوف
person-invited = مدعوّ
all-queues = كل القوائم
role-reviewer = مراجع
role-senior_reviewer = مراجع أول
role-policy_lead = مسؤول السياسات
role-curator = أمين البنوك
role-administrator = مدير
role-auditor = مدقق
role-researcher = باحث

# قائمة الانتظار
queue = قائمة الانتظار
queue-match = تطابقات
queue-incomplete = لم تُفحص كاملةً
queue-second_look = نظرة ثانية
queue-policy = سياسة تطلب النظر
queue-order = الحالات الأشد أولًا، والأقدم منها قبل غيرها. الشدة ترتيب وليست قرارًا.
queue-empty = لا شيء ينتظر هنا.
queue-full = تُعرض المئة الأولى فقط. احسم هذه، أو استعمل التصفية.
least = من الشدة
any = أي شدة
filter = اعرض
severity-low = منخفضة
severity-medium = متوسطة
severity-high = عالية
severity-critical = حرجة
reason-exact = البايتات نفسها لمُدخلة مؤكَّدة
reason-confirmed = أكّد شخص المُدخلة
reason-same_bytes = البايتات نفسها لمُدخلة
reason-near = قريب من مُدخلة
reason-not_looked_at = تعذّر فحص شيء منها
reason-urgent = تصفها المنصة بالعاجلة
reason-policy = سياسة تطلب شخصًا
list-separator = {"، "}
why = السبب:
held = يعمل عليها شخص آخر
held-by-you = أنت تعمل عليها
members = { $n ->
    [zero] لا عناصر
    [one] عنصر واحد
    [two] عنصران
    [few] { $n } عناصر
    [many] { $n } عنصرًا
   *[other] { $n } عنصر
}
bytes = { $n ->
    [zero] { $n } بايت
    [one] بايت واحد
    [two] بايتان
    [few] { $n } بايتات
    [many] { $n } بايتًا
   *[other] { $n } بايت
}
age-minutes = { $n ->
    [zero] الآن
    [one] منذ دقيقة
    [two] منذ دقيقتين
    [few] منذ { $n } دقائق
    [many] منذ { $n } دقيقة
   *[other] منذ { $n } دقيقة
}
age-hours = { $n ->
    [zero] الآن
    [one] منذ ساعة
    [two] منذ ساعتين
    [few] منذ { $n } ساعات
    [many] منذ { $n } ساعة
   *[other] منذ { $n } ساعة
}
age-days = { $n ->
    [zero] اليوم
    [one] منذ يوم
    [two] منذ يومين
    [few] منذ { $n } أيام
    [many] منذ { $n } يومًا
   *[other] منذ { $n } يوم
}

# الحالة
case = الحالة { $n }
entry = المُدخلة { $n }
group = المجموعة { $n }
case-state-open = مفتوحة
case-state-decided = محسومة
back-to-queue = عودة إلى قائمة الانتظار
take = خذ الحالة
release = اترك الحالة
lost = يعمل شخص آخر على هذه الحالة الآن، ولن يُقبل ما تقرّره هنا.
groups-about = المجموعة هي العناصر ذات البايتات نفسها. والقرار يخص مجموعة واحدة لا غيرها.
found = ما وُجد ولماذا
found-nothing = لا شيء يمكن عرضه.
gaps = ما لم يُفحص
left-out = هناك أكثر مما يُعرض هنا.
items = العناصر
joined-first = فتح الحالة
joined-same_bytes = البايتات نفسها
joined-same_entry = الأقرب إلى المُدخلة نفسها
fact-source = من
fact-external = اسمه عند مصدره
fact-url = العنوان
fact-author = المؤلف كما تسمّيه المنصة
fact-thread = السلسلة
fact-language = اللغة
fact-visibility = يراه
fact-countries = البلدان
covered = مغطّى. لا تكشف إلا ما تحتاج إليه، وكل كشف يُسجَّل.
reveal = اكشفه صغيرًا ورماديًا
reveal-title = مكشوف
reveal-back = غطّه وعُد
reveal-noted = سُجّل هذا الكشف. الصور مُعادة الصنع، صغيرة ورمادية، والأحرف الخفية في النصوص تظهر بأرقامها.
reveal-alt = صورة رمادية صغيرة للعنصر
reveal-forgotten = لم تعد بايتات هذا العنصر محفوظة.
reveal-nothing = ليس فيه صورة ولا نص يمكن عرضه.
reveal-cut = للنص بقية، وهذا أوله.
decision = القرار
decide = احسم
decide-legend = ما هو؟
outcome-violating = مخالف
outcome-not_violating = غير مخالف
outcome-exempt = مستثنى
outcome-unsure = غير متأكد
outcome-cannot_tell = لا يمكن الحكم
outcome-duplicate_of = مكرر لحالة أخرى
about-violating = يخالف القواعد.
about-not_violating = لا يخالفها.
about-exempt = كان ليخالفها لولا غرضه. اختر السبب أدناه.
about-unsure = لينظر فيه شخص آخر.
about-cannot_tell = ما هنا لا يكفي للحكم.
about-duplicate_of = اذكر الحالة أدناه.
exemption = سبب الاستثناء
exemption-none = لا سبب
exemption-news = أخبار
exemption-research = بحث
exemption-counter_speech = خطاب مضاد
exemption-documentation = توثيق
duplicate = رقم الحالة الأخرى
note = ملاحظة للزملاء
undo = تراجع
undo-about = { $n ->
    [zero] لا يمكن التراجع عنه.
    [one] يمكن التراجع عنه خلال ثانية، ولا يخرج شيء قبلها.
    [two] يمكن التراجع عنه خلال ثانيتين، ولا يخرج شيء قبلهما.
    [few] يمكن التراجع عنه خلال { $n } ثوانٍ، ولا يخرج شيء قبلها.
    [many] يمكن التراجع عنه خلال { $n } ثانية، ولا يخرج شيء قبلها.
   *[other] يمكن التراجع عنه خلال { $n } ثانية، ولا يخرج شيء قبلها.
}
reverse = اعكس القرار
reverse-about = تُبلَّغ المنصة بأنه لم يعد قائمًا، وتنتظر المجموعة قرارًا جديدًا.
decision-state-draft = يمكن التراجع عنه
decision-state-effective = نافذ
decision-state-undone = جرى التراجع عنه
decision-state-reversed = معكوس
more-groups = هناك مجموعات أخرى تظهر حين تُحسم هذه.
history = ما تقرّر
others = حالات أخرى لهذه المُدخلة

# نظرة عامة
overview = نظرة عامة
overview-cases = حالات تنتظر
overview-decided = ما حُسم في آخر 24 ساعة
overview-items = العناصر
overview-deliveries = ما تُبلَّغ به المنصات
items-queued = تنتظر
items-working = قيد العمل
items-aside = نُحّيت جانبًا
deliveries-waiting = ستُرسل
deliveries-unconfirmed = لم تُؤكَّد
deliveries-aside = تُركت
oldest = الأقدم:
none-yet = لا شيء بعد.
empty-lead = لا بنك بعد، فلا يمكن أن يتطابق شيء. أنشئ بنكًا وأضف إليه صور ما هو معروف:
nothing = لا شيء لعرضه بعد
nothing-lead = ليس لحسابك دور. اطلبه من أحد المديرين.

# البنوك
banks = البنوك
bank-kind = النوع
bank-known = محتوى معروف
bank-allow = محتوى مسموح
bank-entries = المُدخلات
bank-on = مفعّل
bank-off = معطّل
created = أُنشئ

# السجل
log = السجل
log-lead = كل قيد مربوط بكل ما قبله. فيه أرقام، وليس فيه محتوى ولا أسماء.
log-verify = تحقّق من السجل
log-whole = { $n ->
    [zero] السجل سليم، ولا قيود فيه.
    [one] السجل سليم: قيد واحد صحيح.
    [two] السجل سليم: قيدان صحيحان.
    [few] السجل سليم: { $n } قيود صحيحة.
    [many] السجل سليم: { $n } قيدًا صحيحًا.
   *[other] السجل سليم: { $n } قيد صحيح.
}
log-altered = القيد { $n } لا يوافق ما قبله: غُيّر شيء أو حُذف.
number = الرقم
when = متى
what = ماذا
particulars = التفاصيل
chain = السلسلة
newer = الأحدث
older = الأقدم

# ما تعذّر
problem-forbidden = هذا غير مسموح
problem-missing = لا صفحة كهذه
problem-conflict = لا يمكن هذا الآن
problem-often = محاولات كثيرة
problem-invalid = في النموذج ما لا يصحّ
problem-failed = أخفقت الخدمة
problem-back = إلى الصفحة الأولى

# المفاتيح
help = المفاتيح
help-open = المفاتيح (؟)
help-lead = المقصود موضع المفتاح على لوحة المفاتيح أيًّا كانت لغتها.
help-rows = الحالة التالية والسابقة في القائمة
help-enter = افتحها
help-take = خذ الحالة
help-reveal = اكشف
help-outcome = اختر النتيجة
help-decide = احسم
help-undo = تراجع
help-back = عودة
help-pages = قائمة الانتظار، نظرة عامة
help-help = هذه القائمة
help-on = المفاتيح المفردة اختصارات في هذا المتصفح
