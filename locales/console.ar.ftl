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
sign-in-passkey = تسجيل الدخول بمفتاح مرور
sign-in-provider = تسجيل الدخول عبر
passkeys = مفاتيح المرور
passkeys-lead = يحلّ مفتاح مرور على جهازك محلّ كلمة المرور والرمز. أضف مفتاحًا لكل جهاز تستعمله.
passkey-name = اسم الجهاز
passkey-add = أضف مفتاح مرور
passkey-made = أُضيف
passkey-used = استُعمل
passkey-unused = لم يُستعمل بعد
passkey-remove = أزل
passkey-wait = اتّبع ما يطلبه المتصفح أو الجهاز.
passkey-failed = لم يقدّم المتصفح مفتاح مرور: رُفض الطلب أو طال، أو لا مفتاح لهذا الموقع.
passkey-again = اطلب مرة أخرى
passkey-back = تابع بلا مفتاح مرور
passkey-no-script = تحتاج مفاتيح المرور إلى متصفح يشغّل البرامج النصية؛ سجّل الدخول بكلمة المرور والرمز.
identity = حسابك لدى
identity-on = حسابك هناك مربوط، فيمكنك تسجيل الدخول به.
identity-off = اربط حسابك هناك لتسجّل الدخول به. ولا يتغيّر ما يُسمح لك به هنا.
identity-link = اربطه
identity-remove = أزل الربط
identity-go = تابع إلى مزوّد الهوية
welcome-back = أهلًا بعودتك
arrived-go = تابع
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
queue-reported = مُبلَّغ عنها
queue-escalated = مرفوعة
queue-policy = سياسة تطلب النظر
queue-order = ما له وقت محدد أولًا، ثم ما يخص حادثًا قائمًا، ثم الأشد، والأقدم منها قبل غيرها. والشدة تقول كم هو معلوم: البايتات نفسها لمُدخلة مؤكَّدة قبل القريب منها، ودرجة أعلى حيث تصفه المنصة بالعاجل. وهي ترتيب وليست قرارًا.
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
reason-reported = بلّغ عنها أحد
reason-policy = سياسة تطلب شخصًا
reason-late = وصلت نسخة بعد أن بُتّ في كل شيء
reason-incident = تخص حادثًا
reason-wide = نُشر مرة بعد مرة
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
case-state-put_off = مؤجلة
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
joined-late = الأقرب إلى المُدخلة نفسها، ووصل بعد أن بُتّ في كل شيء
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
shown-to-nobody = تمنع سياسة عرض هذا على أي أحد. قرّر بحسب ما طابقه.
reveal-nothing = ليس فيه صورة ولا نص يمكن عرضه.
translate = ترجم إلى العربية
translate-about = بالبرنامج المُعدّ على هذا الجهاز، ولا يُرسَل شيء إلى أي مكان. وتُحسب المادة مكشوفةً مرة أخرى.
translated = ترجمة آلية
translated-about = قد تكون خاطئة، فاحكم بالأصل.
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
outcome-suspected_child_abuse = اشتباه في اعتداء جنسي على طفل
outcome-threat_to_life = خطر على حياة
about-violating = يخالف القواعد.
about-not_violating = لا يخالفها.
about-exempt = كان ليخالفها لولا غرضه. اختر السبب أدناه.
about-unsure = لينظر فيه شخص آخر.
about-cannot_tell = ما هنا لا يكفي للحكم.
about-duplicate_of = اذكر الحالة أدناه.
about-suspected_child_abuse = يُختم فورًا ولا ينظر فيه أحد ثانية.
about-threat_to_life = يؤكده شخص ثانٍ خلال ساعة، ويظهر بمن يُتّصل.
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
decision-state-ended = حلّ أجله: أُبلغت المنصة أن تعكسه
decision-state-reversed = معكوس
more-groups = هناك مجموعات أخرى تظهر حين تُحسم هذه.
history = ما تقرّر
others = حالات أخرى لهذه المُدخلة

# البلاغات والتظلّمات
reports = البلاغات
reports-of-case = ما بُلِّغ عنه
reports-about = البلاغات ترتّب الحالة ولا تحسم شيئًا. ومن أرسلها محفوظ على حدة ولا يظهر في أي مكان.
reports-count = { $n ->
    [zero] لا بلاغات
    [one] بلاغ واحد
    [two] بلاغان
    [few] { $n } بلاغات
    [many] { $n } بلاغًا
   *[other] { $n } بلاغ
}
report-number = البلاغ { $n }
report-from = من
report-by-form = النموذج العام
report-what = عن
report-sources = كم مرة أصابت البلاغات
report-sources-about = بحسب الجهة، من البلاغات التي حسمها أشخاص. بلاغات النموذج العام صف واحد، ولا يُحصى من ليس جهة.
report-source = الجهة
report-decided = المحسومة
report-share = نسبة الصواب
report-interval = مجال الثقة 95 %
reports-not-held = بلاغات عمّا ليس لدينا
reports-not-held-about = حين يصل عنصر بهذا الاسم أو العنوان يُعرض على أشخاص.
category-terrorism = يدعو إلى العنف أو يمجّده أو يجنّد لجماعة ترتكبه
category-threat_to_life = قد تكون حياة شخص في خطر
category-graphic_violence = يُظهر عنفًا
category-hatred = يحرّض على كراهية الناس بسبب ما هم عليه
category-other = شيء آخر
appeals = التظلّمات
appeals-about = الأقدم أولًا. ومن اتخذ قرارًا لا يبتّ في التظلّم منه.
appeals-none = لا تظلّم ينتظر.
appeal = التظلّم { $n }
appeal-words = ما يقوله صاحب المحتوى
appeal-against = القرار
appeal-own = أنت من اتخذ هذا القرار، ويبتّ في التظلّم شخص آخر.
appeal-legend = ماذا يكون من القرار؟
appeal-ruling-uphold = يبقى قائمًا
appeal-ruling-overturn = يُسحب
appeal-about-uphold = تُبلَّغ المنصة بأن التظلّم رُفض.
appeal-about-overturn = تُبلَّغ المنصة بأن تعيد ما فعلته، وتنتظر المجموعة قرارًا جديدًا.
appeal-answer = يُقال لصاحب المحتوى:
appeal-answer-field = الجواب لصاحب المحتوى
appeal-answer-about = لماذا، بكلمات واضحة. يقرؤه صاحب المحتوى، وتتلقّاه المنصة أيضًا.
appeal-decide = بُتّ في التظلّم
appeal-decided = بتّ فيه
appeal-state-open = ينتظر
appeal-state-upheld = بقي القرار قائمًا
appeal-state-overturned = سُحب القرار
back-to-appeals = عودة إلى التظلّمات

# نماذج لمن ليس له حساب
hosted-report = بلّغ عن محتوى
hosted-report-lead = أخبرنا عن محتوى ينبغي النظر فيه. يحسم أشخاص لا آلات. ولا تحتاج إلى حساب.
hosted-what = أين هو؟
hosted-what-about = العنوان الدقيق للمنشور أو الصورة أو الفيلم.
hosted-category = ما هو؟
hosted-words = لماذا تبلّغ عنه؟
hosted-words-about = يقرأ هذا من يحسم. فلا تكتب هنا اسمك ولا شيئًا عن نفسك.
hosted-who = من أنت (اختياري)
hosted-who-about = يُشفَّر ويُحفظ بعيدًا عن البلاغ، ولا يراه من يحسم.
hosted-name = اسمك
hosted-email = بريدك الإلكتروني
hosted-good = أعتقد بحسن نية أن ما أكتبه هنا دقيق وكامل.
hosted-report-send = أرسل البلاغ
hosted-report-sent = وصل بلاغك
hosted-report-next = سينظر فيه أشخاص. بهذا الرمز تسأل عمّا صار إليه:
hosted-appeal = تظلّم
hosted-appeal-lead = إن قُيّد محتواك وترى أن ذلك خطأ فقل لماذا. سينظر من جديد شخص غير الذي قرّر.
hosted-decision-code = رمز القرار
hosted-decision-code-about = تجده في الرسالة التي أبلغتك بها منصتك بالقرار.
hosted-appeal-words = لماذا كان القرار خطأً؟
hosted-appeal-send = أرسل التظلّم
hosted-appeal-sent = وصل تظلّمك
hosted-appeal-next = سينظر من جديد شخص آخر. بهذا الرمز تسأل عمّا صار إليه:
hosted-code = رمزك:
hosted-code-about = احفظه حيث لا يقرؤه غيرك. يُعرض هذه المرة فقط، ومن معه الرمز يقرأ ما تقرّر.
hosted-status = ماذا صار إليه؟
hosted-code-field = رمزك
hosted-status-ask = اسأل
hosted-your-report = بلاغك
hosted-your-appeal = تظلّمك
hosted-answer = الجواب لك:
hosted-appeal-open = وصل، ولم يبتّ فيه أحد بعد.
hosted-appeal-upheld = نظر فيه شخص آخر من جديد: القرار باقٍ.
hosted-appeal-overturned = نظر فيه شخص آخر من جديد: كان القرار خطأً وسُحب.
report-status-received = وصل، ولم يحسم فيه أحد بعد.
report-status-violating = حسم أشخاص الأمر: إنه يخالف القواعد.
report-status-not_violating = حسم أشخاص الأمر: إنه لا يخالف القواعد.
hosted-wrong-what = قل أين هو: العنوان الدقيق في سطر واحد.
hosted-wrong-category = اختر ما هو.
hosted-wrong-words = قل لماذا، بكلماتك.
hosted-wrong-long = كلماتك أطول مما يُقبل، أو فيها أحرف لا تُقبل.
hosted-wrong-name = الاسم أطول مما يُقبل أو في عدة أسطر. ولك أن تتركه.
hosted-wrong-email = ليس هذا عنوان بريد مثل name@example.org. ولك أن تتركه.
hosted-wrong-good = أكّد أنك تعتقد بحسن نية ما تكتبه.
hosted-wrong-code = لا شيء بهذا الرمز. تحقّق من أنه كامل.
hosted-wrong-decision = لا قرار بهذا الرمز يمكن التظلّم منه. تحقّق من أنه كامل، وربما سُحب القرار من قبل.
hosted-wrong-twice = ثمة تظلّم من هذا القرار من قبل. اسأل عنه برمزه.
# ما يترتب على القرار
action = الإجراء
action-legend = إن كان مخالفًا
action-remove = أزِله، ويمكن أن يعود
action-restrict_hold = لا يراه إلا صاحبه
action-restrict_reach = لا يُقترح ولا يظهر في البحث
action-restrict_region = لا يظهر في بلدان العنصر
action-restrict_age = للبالغين فقط، وراء تحذير
action-restrict_interaction = لا ردّ عليه ولا مشاركة
action-label = تحذير عليه
action-preserve = احفظه دليلًا
action-allow = لا شيء، ويُسجَّل ذلك
clause = بند القواعد
scope = البلدان
scope-about = حرفان لكل بلد، مثل EG DE. فارغ: في كل مكان.
scope-everywhere = في كل مكان
hours = ساعات حتى ينتهي
hours-about = فارغ: حتى يرفعه شخص.
holds-until = حتى
confirms = تأكيد القرار { $n }
likeness-whole = كله
likeness-part = جزء منه
context-reporting = يُقرأ تقريرًا
context-mixed = يُقرأ تقريرًا في بعضه
context-unclear = حوله نص آخر
copies = نسخ قريبة
copies-lead = وُجدت هذه كما وُجدت المجموعة المحسومة، وحولها ما حول تلك. أزل العلامة عن كل ما تشك فيه، وما يأتي لاحقًا ينتظر شخصًا.
copies-bulk = هذا العدد يحتاج إلى شخص ثانٍ.
copies-sure = قارنت ما في القائمة بالمجموعة المحسومة
copies-apart = انظر فيه وحده
copies-wait = تنتظر هذه حتى تُحسم المجموعة التي فوقها. وما لا يُظهر إلا جزءًا يُحسم واحدًا واحدًا حين يُطلب من المنصة أن تتصرف.
told-kind-decided = الإجراء
told-kind-reversed = العكس
told-waiting = { $n ->
    [zero] لا شيء في الطريق
    [one] واحد في الطريق
    [two] اثنان في الطريق
    [few] { $n } في الطريق
    [many] { $n } في الطريق
   *[other] { $n } في الطريق
}
told-delivered = { $n ->
    [zero] لم يصل شيء
    [one] وصل واحد ولم يُؤكَّد
    [two] وصل اثنان ولم يُؤكَّدا
    [few] وصلت { $n } ولم تُؤكَّد
    [many] وصل { $n } ولم تُؤكَّد
   *[other] وصل { $n } ولم تُؤكَّد
}
told-confirmed = { $n ->
    [zero] لم تؤكد المنصة شيئًا
    [one] أكّدت المنصة واحدًا
    [two] أكّدت المنصة اثنين
    [few] أكّدت المنصة { $n }
    [many] أكّدت المنصة { $n }
   *[other] أكّدت المنصة { $n }
}
told-aside = { $n ->
    [zero] لم يُترك شيء
    [one] تُرك واحد
    [two] تُرك اثنان
    [few] تُركت { $n }
    [many] تُرك { $n }
   *[other] تُرك { $n }
}
told-nobody = { $n ->
    [zero] أُبلغ عن كل العناصر
    [one] لا يُبلَّغ أحد عن عنصر واحد: لا خطاف ويب لمصدره
    [two] لا يُبلَّغ أحد عن عنصرين: لا خطاف ويب لمصدرهما
    [few] لا يُبلَّغ أحد عن { $n } عناصر: لا خطاف ويب لمصادرها
    [many] لا يُبلَّغ أحد عن { $n } عنصرًا: لا خطاف ويب لمصادرها
   *[other] لا يُبلَّغ أحد عن { $n } عنصر: لا خطاف ويب لمصادرها
}
told-of = ما أُبلغ به عن القرار { $n }
told-about = ما يخص عنصرًا واحدًا يصل بترتيبه. وما هو أحمر لم تؤكده المنصة.
told-webhook = خطاف الويب
told-attempts = المحاولات
told-next = المحاولة التالية
told-arrived = وصل
told-acted = أُكّد
delivery-waiting = ينتظر
delivery-delivered = وصل ولم يُؤكَّد
delivery-confirmed = أكّدته المنصة
delivery-aside = تُرك
tried = { $n ->
    [zero] لم يُحاوَل بعد
    [one] جرت محاولة واحدة وستُعاد
    [two] جرت محاولتان وستُعاد
    [few] جرت { $n } محاولات وستُعاد
    [many] جرت { $n } محاولة وستُعاد
   *[other] جرت { $n } محاولة وستُعاد
}
second-say = وأنا أقول ذلك
second-waits = يسري حين يقول ذلك شخص ثانٍ.
seconded-by = وقال ذلك أيضًا:
bank-into = أدخله بنكًا
bank-none = لا
bank-about = مُدخلةً في الظل: تُراقَب ولا تحسم شيئًا.
bank-to-come = يدخل بنكًا حين يسري القرار.
bank-shadow = المُدخلة { $n } في الظل، غير مؤكَّدة
bank-confirmed = المُدخلة { $n }، أكّدها شخص ثانٍ
bank-confirm = أكّد المُدخلة
bank-confirm-about = تُحدث تطابقات من الآن، ويجوز للأتمتة أن تتصرف في نسخها التامة.
sealed = هذه الحالة مختومة: لا يُعرض منها شيء ولا يُدخل بنكًا ولا يُشارَك.
duty-child = لا تنظر إليه ثانية ولا تنسخه ولا ترسله إلى أحد. أبلغ فورًا الجهة التي يسمّيها قانون بلدك لذلك، وأبقِه مختومًا حتى تجيب. وتحدّث إلى أحد إن احتجت.
duty-life = أبلغ الشرطة أو الجهة التي يسمّيها القانون الآن: ما الذي يُهدَّد، وأين، ومتى، وكيف عرفت. ويؤكد شخص ثانٍ هنا، فلا تنتظر المنصة.
trace = ما تقوله السياسات عنه
ruled-by-key = بمفتاح شخصي:
trace-none = لم تكن سياسة مستعملة، أو مُحي السجل.

# لمن الحالة
moves = إسناد أو تأجيل أو رفع
assign = أسنِد
assign-to = لمن هي
assign-nobody = لا أحد بعينه
assigned = لـ
hold = أجّلها
hold-hours = كم ساعة
hold-reason = ماذا تنتظر
hold-end = عُد إليها
put-off = مؤجلة حتى
escalate = ارفعها
escalate-about = تذهب إلى قائمة من يقرّر أكثر.
whose = لمن
whose-all = للجميع
whose-mine = لي
due-in = { $n ->
    [zero] لم تبقَ دقيقة
    [one] بقيت دقيقة
    [two] بقيت دقيقتان
    [few] بقيت { $n } دقائق
    [many] بقيت { $n } دقيقة
   *[other] بقيت { $n } دقيقة
}
due-passed = فات وقتها

# نظرة عامة
overview = نظرة عامة
overview-cases = حالات تنتظر
overview-decided = ما حُسم
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

# جداول
as-csv = تنزيل بصيغة CSV
never = أبدًا
yes = نعم
no = لا
value = القيمة
low = من
high = إلى
share = النسبة
day = اليوم (UTC)
hour = الساعة (UTC)
minutes = الدقائق
severity = الشدة
keep = احفظ
in-use = قيد الاستعمال
removed = أُزيل
expires = ينتهي
label = الوسم
labels = الوسوم
size = الحجم
sha256 = SHA-256
not-said = غير مذكور
hijri-sign = هـ

# المجاميع
overview-utc = الأيام والساعات بتوقيت UTC. وجداول الأسبوع للأيام السبعة الأخيرة.
overview-hours = الساعات الأربع والعشرون الأخيرة
overview-found = ما وُجد
overview-gaps = ما لم يُفحص
overview-gaps-about = كم عنصرًا كان فيه ما تعذّر فحصه، بحسب السبب.
overview-reversed = ما عُكس
overview-action = الوقت حتى الإجراء
overview-action-about = من فتح الحالة حتى سريان القرار فيها.
overview-sources = من أين تأتي العناصر
overview-state = السجل والنسخ الاحتياطي
overview-state-about = نقطة التحقق الموقّعة المحفوظة في مكان آخر تُثبت لاحقًا أن شيئًا لم يُغيَّر. للنسخ الاحتياطي: basira backup.
chart-hours = عمود لكل ساعة، والأقدم إلى اليسار: كم عنصرًا وصل. والأرقام في الجدول.
chart-lanes = شريط لكل صف في الجدول: العدد في الأيام السبعة الأخيرة.
last-day = آخر 24 ساعة
last-week = آخر 7 أيام
arrived = وصل
finished = انتهى
decided = ما حُسم
state-records = القيود
state-signed = قيود آخر نقطة تحقق
state-signed-at = آخر نقطة تحقق
state-backup = آخر نسخة احتياطية
action-quarter = أقل من 15 دقيقة
action-hour = من 15 دقيقة إلى ساعة
action-four_hours = من ساعة إلى 4 ساعات
action-day = من 4 ساعات إلى 24 ساعة
action-longer = أكثر من 24 ساعة
verdict = النتيجة
verdict-match = تطابق
verdict-no_match = لا تطابق
verdict-incomplete = غير مكتمل
gap-empty = لا بايتات فيه
gap-unreadable = تعذّرت قراءته
gap-truncated = ينتهي قبل أوانه
gap-malformed = رفضه مفكّك الترميز
gap-unsupported = نوع لا يمكن فك ترميزه
gap-pixels = بكسلات أكثر من الحد
gap-bytes = بايتات أكثر من الحد
gap-frames = إطارات أكثر مما يُفحص
gap-crashed = تعطّل مفكّك الترميز
gap-refinement = مرشّحات أكثر من الحد
gap-common = شائع جدًا في البنوك
gap-time = انقضت المهلة
gap-memory = ذاكرة أكثر من الحد
gap-forbidden = حاول ما لا يُسمح به
gap-encrypted = مشفّر
gap-depth = متداخل أعمق من الحد
gap-members = أعضاء أكثر من الحد
gap-unpacked = خرج منه أكثر من الحد
gap-pictures = صور أكثر من الحد
gap-pages = صفحات أكثر من الحد
gap-text = نص أكثر من الحد
gap-duration = أطول من الحد
gap-missing = برنامج غير مثبّت
gap-findings = روابط أكثر من الحد
gap-unmatched = لا بنك نصوص للمقارنة

# الرعاية
care = الرعاية
care-lead = ما عُرض عليك مذكور هنا لك وحدك. يُعدّ ليقلّ، لا للمقارنة بين الناس.
care-days = ما عُرض عليك، بحسب اليوم
care-days-about = ما لم يُغطَّ من جديد يُحسب عشر دقائق.
care-severities = بحسب الشدة، في سبعة أيام
care-none = لم تكشف شيئًا.
care-all = الجميع معًا، في سبعة أيام
care-all-about = { $n ->
    [zero] يظهر دون حد أدنى من الأشخاص.
    [one] يظهر حين يكشف شخص واحد على الأقل شيئًا، كي لا يكون رقم أحد بعينه.
    [two] يظهر حين يكشف شخصان على الأقل شيئًا، كي لا يكون رقم أحد بعينه.
    [few] يظهر حين يكشف { $n } أشخاص على الأقل شيئًا، كي لا يكون رقم أحد بعينه.
    [many] يظهر حين يكشف { $n } شخصًا على الأقل شيئًا، كي لا يكون رقم أحد بعينه.
   *[other] يظهر حين يكشف { $n } شخص على الأقل شيئًا، كي لا يكون رقم أحد بعينه.
}
care-few = كشف عدد قليل جدًا من الأشخاص شيئًا.
care-left = { $n ->
    [zero] لا يمكنك كشف المزيد اليوم.
    [one] يمكنك كشف عنصر واحد آخر اليوم.
    [two] يمكنك كشف عنصرين آخرين اليوم.
    [few] يمكنك كشف { $n } عناصر أخرى اليوم.
    [many] يمكنك كشف { $n } عنصرًا آخر اليوم.
   *[other] يمكنك كشف { $n } عنصر آخر اليوم.
}
reveals = ما كُشف
hand-over = تسليم حالاتي
hand-over-about = تعود إلى قائمة الانتظار فيأخذها غيرك.
rest-day = يكفي لهذا اليوم
rest-day-about = كشفتَ كل ما يُتاح في يوم واحد. وغدًا يوم آخر.
rest-break = حان وقت الاستراحة
rest-break-about = { $n ->
    [zero] يمكنك المتابعة الآن.
    [one] يمكنك المتابعة بعد دقيقة. انظر في هذه الأثناء إلى شيء آخر بعيدًا عن الشاشة.
    [two] يمكنك المتابعة بعد دقيقتين. انظر في هذه الأثناء إلى شيء آخر بعيدًا عن الشاشة.
    [few] يمكنك المتابعة بعد { $n } دقائق. انظر في هذه الأثناء إلى شيء آخر بعيدًا عن الشاشة.
    [many] يمكنك المتابعة بعد { $n } دقيقة. انظر في هذه الأثناء إلى شيء آخر بعيدًا عن الشاشة.
   *[other] يمكنك المتابعة بعد { $n } دقيقة. انظر في هذه الأثناء إلى شيء آخر بعيدًا عن الشاشة.
}
rest-label = طلبتَ ألا ترى هذا
rest-label-about = لمُدخلة هذه الحالة وسم لا تريد أن يُعرض عليك. ولا يلزمك ذكر السبب.
rest-queue = تبقى قائمة الانتظار كما هي ويتولاها غيرك. ولا يُحسب عليك شيء مما تفعله الآن.
rest-back = العودة إلى الحالة مغطّاة
opt-outs = ما لا تريد أن يُعرض عليك
opt-outs-labels = الوسوم، كل وسم في سطر
opt-outs-about = لا تظهر في قائمة انتظارك حالات المُدخلات التي لها أحد هذه الوسوم. ولا يُخبَر بذلك أحد.
rules = الحدود والاستراحات والنظرات الثانية
rules-about = تسري على الجميع. والصفر يعني بلا حد.
rule-day_reveals = العناصر المكشوفة في اليوم
rule-about-day_reveals = بعد هذا العدد لا يُكشف شيء حتى منتصف الليل (UTC).
rule-day_minutes = دقائق الكشف في اليوم
rule-about-day_minutes = الحد نفسه بالوقت.
rule-break_after = استراحة بعد هذا العدد المتتالي
rule-about-break_after = توقف بطول الاستراحة يبدأ عدًّا جديدًا.
rule-break_minutes = طول الاستراحة بالدقائق
rule-about-break_minutes = لا يُكشف شيء خلالها.
rule-sample = النظرات الثانية من كل ألف قرار
rule-about-sample = يحسمها شخص آخر من جديد دون أن يُخبَر بما حُسم.

# العناصر والبحث
item = العنصر
items-about = الأحدث أولًا. وتُترك عناصر الحالات التي لا يحق لك رؤيتها.
items-empty = لا عناصر. تصل العناصر عبر واجهة البرمجة، أو بالأمر: basira demo.
item-unfinished = لم ينتهِ بعد.
item-state-queued = ينتظر
item-state-working = قيد العمل
item-state-done = انتهى
item-state-aside = نُحّي جانبًا
item-decisions = ما قالته السياسات والأشخاص
item-decisions-about = كل قرار مسلسل بما قبله.
case-of-item = حالته
receipt = الإيصال
from-day = من يوم
until-day = إلى يوم
decided-by = من
actor-policy = السياسات
actor-person = شخص
item-ruling = النتيجة
search = البحث
search-words = الكلمات
search-about = العناصر التي في نصوصها كل هذه الكلمات كيفما كُتبت: بالحركات والهمزات وأداة التعريف أو بدونها. ولا يُحفظ ما تسأل عنه.
search-found = عناصر فيها هذه الكلمات
search-further = لا شيء أحدث فيه هذه الكلمات كلها. تابع إلى ما هو أقدم.
search-nothing = لا شيء فيه كل هذه الكلمات. جرّب كلمات أقل أو غيرها. ولا تُعثر على عناصر وصلت قبل إعداد البحث.

# النظرات الثانية والجودة
second = النظرات الثانية
second-about = حسم أحدهم هذا من قبل. ولا تُخبَر بما حسمه، كي يكون رأيك رأيك.
second-empty = لا شيء ينتظر منك نظرة ثانية. تُسحب القرارات بالصدفة بقدر ما تقوله قواعد الرعاية.
second-back = العودة إلى القائمة
second-look = النظرة الثانية { $n }
second-give = قل ما هو
second-give-about = لا يغيّر شيئًا من القرار؛ وحيث تختلف ينظر فيه مسؤول.
make-golden = اجعله عنصرًا ذهبيًا
make-golden-about = يُسأل عنه كل شخص آخر مرة واحدة كأن أحدًا لم يحسمه.
quality = الجودة
quality-lead = إلى أي حد يتفق الناس، وكم مرة تُعكس القرارات. وكل الأرقام للجميع معًا.
agreement = الاتفاق
agreement-about = ألفا كريپندورف: 1 اتفاق تام، و0 ما تعطيه الصدفة. والمجال بثقة 95 %.
agreement-alpha = ألفا كريپندورف
agreement-none = لا يمكن قول شيء عن الاتفاق بعد: ما حُسم مرتين قليل جدًا.
agreement-of = { $n ->
    [zero] لم يُنظر في أي قرار مرتين.
    [one] نُظر في قرار واحد مرتين.
    [two] نُظر في قرارين مرتين.
    [few] نُظر في { $n } قرارات مرتين.
    [many] نُظر في { $n } قرارًا مرتين.
   *[other] نُظر في { $n } قرار مرتين.
}
judged-twice = حُسم مرتين
golden = العناصر الذهبية
golden-about = كم مرة يقول الناس عنها ما يُعرف أنه صحيح.
golden-none = لا شيء منها. يجعلها مسؤول من صفحة الحالة.
answers = الإجابات
right = الصحيح
decisions = القرارات
reversed = معكوس
overturn-languages = ما عُكس، بحسب اللغة
overturn-policies = ما عُكس، بحسب السياسة
overturn-sources = ما عُكس، بحسب المصدر
overturn-about = { $n ->
    [zero] من آخر 500 قرار. والمجال بثقة 95 %.
    [one] من آخر 500 قرار؛ وتُترك الصفوف التي فيها أقل من قرار واحد. والمجال بثقة 95 %.
    [two] من آخر 500 قرار؛ وتُترك الصفوف التي فيها أقل من قرارين. والمجال بثقة 95 %.
    [few] من آخر 500 قرار؛ وتُترك الصفوف التي فيها أقل من { $n } قرارات. والمجال بثقة 95 %.
    [many] من آخر 500 قرار؛ وتُترك الصفوف التي فيها أقل من { $n } قرارًا. والمجال بثقة 95 %.
   *[other] من آخر 500 قرار؛ وتُترك الصفوف التي فيها أقل من { $n } قرار. والمجال بثقة 95 %.
}
differing = حيث تختلف النظرة الثانية
differing-about = انظر في هذه الحالات من جديد، واكتب في ملاحظة ما ينبغي أن توضحه السياسة.

# البنوك والمُدخلات
bank = البنك
entries-empty = لا مُدخلات. أضف مُدخلة من ملف أدناه، أو بالأمر: basira bank add.
entry-question = ابحث عن مُدخلة
entry-question-about = رقمها، أو اسمها عند مصدرها، أو النص الكامل لإشارة (SHA-256 أو SHA-1 أو MD5 أو PDQ).
entry-add = أضف مُدخلة من ملف
entry-add-about = يُقارَن بها ما يصل على الفور، وما وصل من قبل.
entry-added = أُضيفت
entry-added-about = يُفحص ما رُئي من قبل؛ وما هو قريب منها يظهر في صفحتها:
file = الملف
hash-only = لا تحفظ من الصورة إلا بصماتها
warnings = ما ينبغي أن تعرفه
trust = الثقة
trust-shadow = ظل
trust-active = نشط
trust-disputed = متنازع فيه
trust-revoked = مسحوب
trust-about = تطابقات الظل تُعرض ولا تُحسب. والسحب نهائي.
confirmed = أكّدها شخص
tlp = TLP
added-by = أضافها
signals = الإشارات
signal-quality = الجودة
near = العناصر القريبة منها
near-about = ما تطابق عند وصوله، وما وجدته نظرة إلى الوراء: لينظر فيه الناس.
near-empty = لا شيء قريب منها.
found-by = كيف وُجد
found-by-match = عند وصوله
found-by-look_back = بنظرة إلى الوراء
distance = المسافة

# السياسات
policy = السياسة
policies = السياسات
policies-about = من كل سياسة أحدث نصوصها. ومن كتب نصًا لا يعتمده.
policies-empty = لا سياسات بعد. سلّم السياسات المرفقة بالأمر: basira policy put، أو اصنع واحدة بالاختيار.
stage = المرحلة
stage-draft = مسودة
stage-shadow = ظل
stage-canary = تجربة جزئية
stage-enforce = سارية
stage-retired = خارج الاستعمال
stage-of-newest = مرحلة أحدث نص
enforced-texts = النصوص السارية
approvals = اعتمده
approvals-needed = الاعتمادات اللازمة
approvals-of = { $n ->
    [zero] لا يلزمه اعتماد.
    [one] يلزمه اعتماد واحد.
    [two] يلزمه اعتمادان.
    [few] يلزمه { $n } اعتمادات.
    [many] يلزمه { $n } اعتمادًا.
   *[other] يلزمه { $n } اعتماد.
}
per-mille = { $n ->
    [zero] لا شيء من كل ألف محتوى
    [one] محتوى واحد من كل ألف
    [two] محتويان من كل ألف
    [few] { $n } محتويات من كل ألف
    [many] { $n } محتوى من كل ألف
   *[other] { $n } محتوى من كل ألف
}
policy-text = النص
policy-newest = أحدث نص
policy-automatic = تعمل دون شخص
policy-authors = كتبه
policy-until = يسري حتى
policy-right = أحدث نص يجتاز الفحص مع اختباراته.
policy-wrong = أحدث نص لا يجتاز الفحص
policy-approve = اعتمد هذا النص
policy-approve-about = يُدوَّن اسمك هنا وفي السجل. ولك وحدك أن تعطيه.
policy-move = انقل هذا النص
policy-move-about = يتقدم مرحلة بعد مرحلة: مسودة، ظل، تجربة جزئية، سارية. وله أن يعود إلى الظل أو يخرج من الاستعمال في أي وقت، فورًا. ويُدوَّن اسمك وسببك.
policy-back = عُد خطوة إلى الوراء
policy-back-about = تنتهي التجربة الجزئية. وإن لم تكن، عاد النص الذي كان ساريًا من قبل إلى السريان فورًا.
share-of = من كل ألف محتوى
emergency-hours = الساعات
emergency-deploy = ضعه موضع التنفيذ لطارئ
emergency-about = دون اعتماد، لأربع وعشرين ساعة على الأكثر ومرة واحدة: وليس له إلا أن يعرض المواد على الناس أو يقيّدها.
policy-steps = الخطوات
policy-source = أحدث نص كما كُتب
policy-rates = ما فعلته في سبعة أيام
policy-rates-about = لا أثر لشيء منها وهي في الظل.
rate-matched = انطبقت
rate-unknown = غير معروف
rate-failed = أخفقت
rate-acted = أجرت
rate-held = أُوقفت
who = من
why-step = السبب

# المفاتيح وخطاطيف الويب والتسليمات
keys = مفاتيح واجهة البرمجة
keys-about = تظهر أسرارها حين تُصنع ولا تظهر في مكان آخر.
key-person = الشخص
key-revoke = اسحب مفتاحًا
key-revoke-about = يُرفض على الفور وإلى الأبد.
key-revoked = مسحوب
key-expired = انتهى
scopes = النطاقات
webhook = خطاف الويب
webhooks = خطاطيف الويب
webhooks-about = من يُخبَر، وبماذا، وكيف الحال. ويُبحث عن آخر تسليم بين أحدث التسليمات، وأكثرها { $n }.
webhooks-empty = لا يُخبَر أحد بشيء. اصنع خطاف ويب أدناه.
all-sources = كل المصادر
deliveries = التسليمات
deliveries-about = الأحدث أولًا. والعلامة لما تُرك، ولتطابق لم يؤكد أحد أنه تصرّف فيه.
deliveries-empty = لا تسليمات.
delivery-number = التسليم { $n }
delivery-red = بعلامة
attempts = المحاولات
answer = الجواب
failure = سبب الإخفاق
send-again = أرسل من جديد
send-again-about = بالمعرّف نفسه، كي لا يفعل المستقبِل الذي رآه شيئًا مرتين.

# كيف يقرأ المرء
reading = القراءة
theme = الألوان
theme-device = كما في الجهاز
theme-light = داكن على فاتح
theme-dark = فاتح على داكن
digits = الأرقام
digits-latin = 0123456789
digits-arabic = ٠١٢٣٤٥٦٧٨٩
calendar = التقويم
calendar-gregorian = الميلادي
calendar-hijri = الميلادي ومعه اليوم الهجري
calendar-about = اليوم الهجري محسوب (جدولي مدني)، وقد يختلف يومًا عما يُعلَن.
keys-move-about = حرف واحد لكل منها بحسب موضعه على لوحة المفاتيح، أيًا كانت لغتها.
key-next = التالي في القائمة
key-before = السابق في القائمة
key-take = خذ الحالة
key-reveal = اكشف
key-decide = احسم
key-undo = تراجع
key-back = رجوع
key-queue = قائمة الانتظار
key-overview = نظرة عامة

# كتابة السياسات
draft = اكتب سياسة نصًا
draft-form = اصنع سياسة بالاختيار
draft-about = ما تسلّمه مسودة: لا تفعل شيئًا حتى يعتمدها آخرون وتوضع موضع الاستعمال. وليس للتعديل شيء من اعتمادات النص السابق.
draft-wrong = ما يقف ضدها، بحسب السطر
draft-text-about = الصيغة موصوفة في docs/policies.md. ولا يُحفظ شيء قبل أن تسلّمها.
draft-check = افحص
draft-format = نسّق
draft-test = اختبر، وغيّر فيها لترى هل يلاحظ اختبار ذلك
draft-try = جرّبها على عنصر
draft-item-about = الإيصال الذي في صفحة العنصر. ويُستعمل ما عُرف عنه حين حُسم.
draft-tried = ما كانت ستقوله عن العنصر
draft-backtest = تجربة على الماضي
draft-days = أيام إلى الوراء
draft-save = سلّمها مسودةً
draft-save-about = يُطلب من آخرين اعتمادها: تبقى في صفحة السياسات حتى يعتمدها ما يكفي منهم. ولا تعتمدها أنت.
draft-passes = { $n ->
    [zero] اجتازت الفحص، ولا اختبارات فيها.
    [one] اجتازت الفحص واختبارها الوحيد.
    [two] اجتازت الفحص واختباريها.
    [few] اجتازت الفحص واختباراتها كلها، وهي { $n }.
    [many] اجتازت الفحص واختباراتها كلها، وهي { $n }.
   *[other] اجتازت الفحص واختباراتها كلها، وهي { $n }.
}
draft-tests = الاختبارات
draft-score = درجة الطفرات
draft-score-about = يُغيَّر شيء واحد من السياسة كل مرة؛ والاختبار الجيد يلاحظ ذلك. ما لوحظ:
draft-score-whole = تلاحظ الاختبارات كل تغيير.
test-nothing = لا شيء
test-passed = نجح
test-failed = فشل
test-says = تقول
test-expected = المتوقع
test-found = الموجود
says-true = يتحقق
says-false = لا يتحقق
says-unknown = لا يمكن القول
line = السطر
change = التغيير
condition = الشرط
policy-change = غيّر النص
policies-waiting = تنتظر الاعتماد
policies-waiting-about = نصوص سُلّمت واعتماداتها أقل مما تحتاج. ومن كتب نصًا لا يعتمده.
policies-waiting-none = لا شيء ينتظر اعتمادًا.
waits-you = أنت
waits-own = أنت كتبته
waits-approved = أنت اعتمدته
waits-for-you = ينتظرك
waits-for-others = ينتظر آخرين
form-about = للحالة البسيطة: حين يتحقق شيء ينظر شخص. أما ما يؤثر في المحتوى بنفسه فيُكتب نصًا. يصنع النموذج النص، وتراه مع نتائج اختباراته قبل أن تسلّمه.
form-id = الاسم الدائم
form-id-about = a-z و0-9 و- _ . ؛ ولا يكون اسم سياسة أخرى أبدًا
form-title-en = العنوان بالإنجليزية
form-title-ar = العنوان بالعربية
form-owner = الفريق المسؤول عنها
form-priority = متى ينظر الناس
form-review = يُعاد النظر فيها قبل
form-grounds = الأسس القانونية
form-conditions = الشرط
form-join = إن تعددت الشروط
form-what = ما يُقارن ({ $n })
form-operator = كيف ({ $n })
form-value = بماذا ({ $n })
form-nothing = لا شيء
form-fit = أظهر ما يناسب
form-fit-about = يأتي بالمقارنات والقيم التي تناسب ما اخترته.
form-asks = يُسأل شخص كذلك حيث لا يمكن القول
form-tells = يُخبَر الفريق
form-trials-about = اختبار واحد على الأقل يتحقق فيه الشرط، وواحد لا يتحقق فيه، وواحد لا يمكن القول فيه. واكتب لكل شرط ما هي الإشارة: لا شيء لعنصر عادي، و? لما لا يُعرف؛ وإن تعددت التطابقات فقيمة كل منها وبينها ;
form-trial = الاختبار { $n }
form-given = إشارة الشرط { $n }
form-write = اصنع النص
priority-low = منخفضة
priority-normal = عادية
priority-high = عالية
priority-urgent = عاجلة
join-all = يجب أن تتحقق كلها
join-any = يكفي واحد منها
operator-is = هو
operator-is_not = ليس
operator-less = أقل من، أو قبل
operator-at_most = لا يزيد على
operator-at_least = لا يقل عن
operator-more = أكثر من، أو بعد
operator-begins = يبدأ بـ
operator-contains = يحتوي على
operator-ends = ينتهي بـ
operator-has = في قائمته
operator-has_not = ليس في قائمته
trial-match = يتحقق
trial-no_match = لا يتحقق
trial-unknown = لا يمكن القول
backtest-running = جارية: أُنجز { $n } % من القرارات. ولا ينتظرها شيء آخر.
backtest-again = انظر من جديد
backtest-numbers = ما كانت ستفعله
backtest-about = على ما عُرف آنذاك، بجانب ما تقرر آنذاك. ولم يُفعل شيء بهذا.
backtest-sources = بحسب المصدر
backtest-languages = بحسب اللغة
backtest-of-items = العناصر
backtest-of-covered = عناصر عُرف عنها كل ما تسأل عنه
backtest-of-acted = عناصر كانت ستفعل فيها شيئًا
backtest-of-enqueued = عناصر كانت ستجعل الناس ينظرون فيها
backtest-of-added = منها: لم يُفعل فيها شيء آنذاك
backtest-of-removed = عناصر فُعل فيها شيء آنذاك ولا تفعل هي فيها شيئًا
backtest-of-alone = عناصر لا يفعل فيها شيئًا سواها
backtest-of-decided = عناصر تفعل فيها شيئًا وحسمها الناس
backtest-of-violating = منها: مخالف
backtest-of-not_violating = منها: غير مخالف
backtest-of-missed = عناصر وجدها الناس مخالفة ولا تفعل فيها شيئًا
backtest-of-unreadable = قرارات لم يعد يُعرف عنها شيء
backtest-precision = الدقة في نظر الناس
too-few = أقل من أن يُقال شيء

# ما هو متصل؛ وصنع المفاتيح وخطاطيف الويب؛ ومن أبلغ
connectors = الاتصالات
connectors-sources = من يرسل العناصر
connectors-sources-about = مصادر كل المفاتيح، ومتى وصل عنصر من كل منها آخر مرة.
last-seen = آخر وصول
last-delivered = آخر تسليم
source-silent = لم يصل شيء بعد
webhook-failing = يفشل منذ
webhook-aside = { $n ->
    [zero] لم يُتخلَّ عن شيء
    [one] تُخلّي عن حدث واحد
    [two] تُخلّي عن حدثين
    [few] تُخلّي عن { $n } أحداث
    [many] تُخلّي عن { $n } حدثًا
   *[other] تُخلّي عن { $n } حدث
}
webhook-well = على ما يرام
exchanges = التبادلات
exchanges-about = تبادلات الإشارات المضبوطة.
exchange-api = الواجهة
exchange-kept = الضبط محفوظ؛ ولا تجلب هذه النسخة منه شيئًا
exchange-off = معطّل
secret-once = يظهر هذا هذه المرة فقط، ولا يمكن إظهاره من جديد:
webhook-made = صُنع خطاف ويب إلى
webhook-secret-about = به يعرف المستقبِل أننا نحن من يتكلم: ما يُرسل موقّع بصيغة Standard Webhooks.
webhook-make = اصنع خطاف ويب
webhook-url-about = http أو https، بلا كلمة مرور. والمضيف الذي في شبكتك يجب أن يسمح به --webhook-network.
webhook-source-about = فارغ: كل المصادر
webhook-events = بمَ يُخبَر
webhook-try = جرّبه
webhook-try-about = يُرسل إليه حدث لا يقول شيئًا؛ وما صار إليه يظهر بين التسليمات.
webhook-remove = أزله
event-item_match = وُجد شيء معروف
event-item_no_match = لم يوجد شيء
event-item_incomplete = لم يمكن النظر في شيء
event-item_actions = ما اختارت السياسات فعله
event-action_reversed = ما قيل لم يعد صحيحًا
event-alert_climb = مصدر يقترب شيئًا فشيئًا من مُدخلة
event-alert_policy = سياسة أفرطت أو سكتت أو أخطأت
event-item_decided = ما قرره الناس
event-decision_reversed = قرار لم يعد قائمًا
event-appeal_decided = حُسم تظلّم
key-made = صُنع مفتاح:
key-make = اصنع مفتاحًا
key-source-about = عناصر مَن يسلّم ويرى؛ فارغ: اسمه
key-person-about = لمفتاح يخص شخصًا بعينه فقط: يُفعل به ما يحتاج إلى شخص
key-trust = ما في الإجابات
key-trust-full = كل شيء
key-trust-middle = بلا مسافات ولا أسماء بنوك
key-trust-low = إيصالات فقط
key-banks = البنوك
key-banks-about = أسماء؛ فارغ: كلها
key-addresses = من أين
key-addresses-about = عناوين أو شبكات مثل 10.0.0.0/8؛ فارغ: من كل مكان
key-rate = طلبات في الثانية
key-days = أيام حتى ينتهي
scope-submit = تسليم العناصر
scope-look_up = البحث والمقارنة
scope-curate = تغيير البنوك
scope-review = الحسم
scope-write_policies = كتابة السياسات
scope-approve_policies = اعتماد السياسات
scope-administer = الإدارة: المفاتيح وخطاطيف الويب والسجل
scope-metrics = قراءة القياسات
reporters = من أبلغ
reporters-about = مُرسِل البلاغ محفوظ على حدة، ولا يظهر مع بلاغ ولا مع حالة. ومن عليه أن يجيب أحدًا يقرؤه هنا، بلاغًا بلاغًا. وكونك قرأته ولماذا يُكتب في السجل قبل أن تراه.
reporter-report = رقم البلاغ
reporter-report-about = تجده في صفحة البلاغات.
reporter-reason = لماذا يجب أن تعرف
reporter-reason-about = يُحفظ في السجل للمدققين. ولا تكتب من هو.
reporter-read = اكتب ذلك في السجل وأظهره
reporter-nobody = لم يذكر مُرسِل هذا البلاغ من هو، أو نُسي ذلك بعد مدته.
reporter-email = البريد الإلكتروني
reporter-noted = كُتب في السجل أنك قرأت هذا.
overview-voices = البلاغات والتظلّمات
appeals-open = تظلّمات تنتظر
reports-not-held-count = بلاغات عمّا ليس محفوظًا
overview-reported = البلاغات الواردة
overview-appealed = التظلّمات
appealed-open = ورد
appealed-upheld = بقي القرار
appealed-overturned = أُلغي القرار
# Routing
routing = التوجيه
routing-lead = تذهب الحالة الجديدة إلى حيث تقول أول قاعدة تتحقق شروطها كلها، وما تُرك فارغًا لا يُسأل عنه. تُجرَّب القواعد على آخر الحالات قبل أن تسري، وما ينتظر من الحالات يبقى في مكانه.
routing-none = لا قواعد سارية: تنتظر كل حالة في القائمة التي وُجدت لها.
routing-version = التوجيه { $n } سارٍ
routing-tried = ما كانت هذه القواعد ستفعله
routing-compared = { $n ->
    [zero] لم تُقارَن أي حالة
    [one] قورنت حالة واحدة
    [two] قورنت حالتان
    [few] قورنت { $n } حالات
    [many] قورنت { $n } حالة
   *[other] قورنت { $n } حالة
}
routing-moved = { $n ->
    [zero] لن تذهب أي حالة إلى مكان آخر
    [one] حالة واحدة ستذهب إلى مكان آخر
    [two] حالتان ستذهبان إلى مكان آخر
    [few] { $n } حالات ستذهب إلى مكان آخر
    [many] { $n } حالة ستذهب إلى مكان آخر
   *[other] { $n } حالة ستذهب إلى مكان آخر
}
routing-unknown = { $n ->
    [zero] لم تُترك حالة
    [one] تُركت حالة أقدم واحدة: لا يُعرف ما كانت عليه حين فُتحت
    [two] تُركت حالتان أقدم: لا يُعرف ما كانتا عليه حين فُتحتا
    [few] تُركت { $n } حالات أقدم: لا يُعرف ما كانت عليه حين فُتحت
    [many] تُركت { $n } حالة أقدم: لا يُعرف ما كانت عليه حين فُتحت
   *[other] تُركت { $n } حالة أقدم: لا يُعرف ما كانت عليه حين فُتحت
}
routing-counts = كم حالة وإلى أين
routing-old = الآن
routing-new = بهذه القواعد
routing-cases = الحالات
routing-no-cases = لم تُفتح حالة بعد، ويمكن أن تسري القواعد مع ذلك.
routing-list = الحالات التي ستذهب إلى مكان آخر
routing-list-about = الأحدث أولًا، مئتان على الأكثر. لم يُنقل شيء.
routing-by = بالقاعدة
routing-no-rule = لا قاعدة
routing-none-moved = لا شيء.
routing-try = جرّب هذه القواعد
routing-put = اجعل هذه القواعد سارية
route-rule = القاعدة { $n }
route-place = الترتيب
route-found-as = وُجدت لقائمة
route-reason = أحد أسبابها
route-category = بُلِّغ عنها لأنه
route-label = وسم المُدخلة
route-source = المنصة
route-language = اللغة
route-asked = سياسة تسمّي القائمة
route-to = تذهب إلى القائمة
route-otherwise = وما سواها يذهب إلى القائمة
route-otherwise-about = إن تُرك فارغًا انتظرت حيث وُجدت. الاسم من حروف لاتينية صغيرة وأرقام و - ينشئ قائمة؛ أعطِ أحدًا دورًا فيها.
routed-rule = أرسلتها إلى هنا القاعدة { $n }
routed-version = من التوجيه { $n }

# Incidents
incidents = الحوادث
incidents-lead = ما دام الحادث قائمًا تأتي الحالات القريبة من بنوكه أولًا. وهو لا يقيّد شيئًا ولا يحسم شيئًا، وينتهي من تلقاء نفسه.
incidents-empty = لم يكن هناك حادث.
incident-on = حادث:
incident-is-on = قائم
incident-is-over = انتهى
incident-begun = أُعلن
incident-ends = ينتهي
incident-ended = انتهى
incident-by-itself = من تلقاء نفسه
incident-end = أنهِه الآن
incident-declare = أعلن حادثًا
incident-name = اسمه
incident-reason = السبب
incident-hours = لكم ساعة
incident-hours-about = من 1 إلى 72.
incident-banks = ما يخصه: هذه البنوك
incident-new-bank = بنك يُنشأ له
incident-new-bank-about = إن تُرك فارغًا لم يُنشأ بنك.
incident-holds = الحجب
incident-holds-longer = ما تحجبه السياسات قرب هذه البنوك يبقى محجوبًا حتى ينتهي الحادث
incident-holds-about = ما تحجبه سياسة إلى أجل من عندها فقط. ومن يحسم حالة يحسمها كعادته.

# Two people
purges = الإتلاف
purges-about = ما يُتلف يزول نهائيًا: البايتات والمعاينات والنصوص وما وُجد فيها. وتبقى الأحكام والقرارات والسجل. ويلزمه شخصان، ويمكن سحبه إلى أن يحدث. أما النسخ الاحتياطية السابقة فما زال فيها.
shares = المشاركة
shares-about = لا تذهب مُدخلة إلى أبعد مما تقوله علامتها إلا حين يريد ذلك شخصان.
two-empty = لم يُطلب شيء.
two-waits = ينتظر شخصًا ثانيًا
two-state-draft = على وشك أن يحدث
two-state-effective = تمّ
two-state-undone = لم يحدث
two-state-reversed = عُكس
two-asked = طُلب
two-seconded = الشخص الثاني
two-settles = يحدث
two-ended = انتهى
two-stopped = أُوقف
two-changed = تغيّر في هذه الأثناء
two-second = أريد هذا أيضًا
two-withdraw = اسحب الطلب
two-reason = السبب
two-about = يلزم أن يريده شخص ثانٍ أيضًا.
purge = إتلاف
purge-about = تُتلف بايتات هذه الحالة ومعايناتها ونصوصها نهائيًا.
purge-blocked = ليس الآن:
purge-ask = اطلب الإتلاف
purge-block-sealed = هي مختومة
purge-block-preserved = يجب حفظها مدة من الزمن
purge-block-undo = قرار بشأنها ما زال يمكن التراجع عنه أو ينتظر شخصًا ثانيًا
purge-block-appeal = اعتراض بشأنها مفتوح
purge-block-look = سينظر فيها شخص مرة أخرى
purge-block-undecided = لم يُحسم كل ما فيها
purge-block-working = يجري العمل عليها
share-entry = شارك هذه المُدخلة
share-ask = اطلب مشاركتها
