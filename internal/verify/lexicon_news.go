package verify

import (
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// newsWords pairs stems of English words that are common in news with stems of
// the Arabic words they render, a pair of lists an entry. They serve only to
// tell which sentence of an article is meant, so that a wrong pair costs little
// and a right one need not hold every time. Own compilation.
const newsWords = `
abuse=اساء,اعتداء accus=اتهم,اتهام accident=حادث account=حساب actor=ممثل actress=ممثله address=خطاب,كلم adviser=مستشار advisor=مستشار age=عمر,سن
agency=وكال agree=اتفاق,اتفق aid=مساعد air=جوي,هواء aircraft=طائر airline=طيران airport=مطار allegation=ادعاء,مزاعم,اتهام alleg=زعم,ادعا,مزعوم
ally=حليف allies=حلفا ambassador=سفير amend=تعديل announce=اعلن,اعلان,يعلن answer=رد,اجاب apolog=اعتذ appeal=استئناف,ناشد apple=ابل,تفاح appoint=عين,تعيين approv=وافق,موافق
area=منطق argu=جدل,جادل arm=ذراع,سلاح army=جيش arrest=اعتقل,اعتقال,قبض,توقيف arriv=وصل,وصول art=فن,فني article=مقال assault=اعتداء,هجوم assembl=جمعي,جمع
asset=اصول athlet=رياض attack=هجوم,هاجم,اعتداء attempt=محاول attorney=محام,مدعي author=مؤلف,كاتب award=جائز baby=رضيع,طفل ball=كره ban=حظر,منع
bank=بنك,مصرف,بنوك bar=حان baseball=بيسبول basketball=سله battle=معرك beach=شاطئ bear=دب beat=هزم,فاز,تغلب bed=سرير,فراش bid=عرض bill=قانون,فاتور
bird=طائر,طيور birth=ميلاد,ولاد black=سود,اسود blood=دم,دماء board=مجلس boat=قارب,زورق body=جثه,جسد,هيئ bomb=قنبل,قنابل,تفجير book=كتاب border=حدود
boy=صبي,ولد,فتي bridge=جسر brother=شقيق,اخ budget=ميزاني,موازن build=بنا,مبني building=مبني,مباني burn=حرق,حريق bus=حافل business=اعمال,تجار buy=شراء,اشتر
cabinet=حكوم,وزراء call=دعا,اتصل,مكالم campaign=حمل camp=مخيم,معسكر cancer=سرطان candidate=مرشح car=سيار care=رعاي career=مسير case=قضي,حال cash=نقد cat=قط
celebrat=احتفل,احتفال,يحتفل center=مركز centre=مركز champion=بطل,بطول chance=فرص,فرصه channel=قناه charg=تهم,اتهام,شحن chief=رئيس child=طفل,اطفال church=كنيس citizen=مواطن
city=مدين claim=ادعا,زعم,يزعم class=صف,فصل,فئ climate=مناخ clinic=عياد close=اغلق,اغلاق club=نادي coach=مدرب coal=فحم coast=ساحل coffee=قهو cold=برد,بارد
college=كلي colony=مستعمر column=عمود comment=تعليق,علق commission=مفوضي,لجن committee=لجن communit=مجتمع compan=شرك competit=منافس complain=شكو concern=قلق confer=مؤتمر
confirm=اكد,تاكيد conflict=صراع,نزاع congress=كونغرس,كونجرس conservative=محافظ constitution=دستور contract=عقد,تعاقد control=سيطر convict=ادان,ادين corrupt=فساد cost=تكلف,كلف council=مجلس
countr=بلد,بلاد,دول couple=زوج court=محكم,ملعب cover=غطا,تغطي crash=تحطم,اصطدام,حادث crime=جريم,جرائم criminal=جنائي,مجرم crisis=ازم critic=انتقاد,ناقد,انتقد crop=محصول crowd=حشد,حشود
culture=ثقاف cup=كاس currenc=عمل custom=عميل,عملا damage=ضرر,اضرار danger=خطر dangerous=خطر date=تاريخ,موعد daughter=ابن death=وفا,موت,قتل debate=مناظر,نقاش debt=دين,ديون
decid=قرر decision=قرار declar=اعلن,صرح decline=انخفاض,تراجع defeat=هزيم,هزم defen=دفاع,دافع degree=درج delay=تاخير,تاجيل deliver=تسليم,توصيل demand=طالب,طلب democra=ديمقراط demonstrat=تظاهر,مظاهر
den=نفي,انكر department=وزار,ادار deput=نائب desert=صحرا design=تصميم,صمم destroy=دمر,تدمير develop=تطوير,طور,تنمي device=جهاز,اجهز dialogue=حوار die=مات,توفي,وفا died=مات,توفي,وفا diplomat=دبلوماس
director=مدير,مخرج disabilit=اعاق disaster=كارث,كوارث discover=اكتشف,اكتشاف discuss=ناقش,مناقش disease=مرض,امراض dispute=نزاع,خلاف district=مقاطع,حي,منطق doctor=طبيب,اطبا document=وثيق,وثائق dog=كلب,كلاب
donat=تبرع door=باب dream=حلم dress=فستان drink=شرب,مشروب drive=قاد,سائق driver=سائق drug=مخدر,دوا,عقار earn=كسب,ارباح earth=ارض earthquake=زلزال econom=اقتصاد editor=محرر education=تعليم
effort=جهود,جهد elect=انتخاب,انتخب electric=كهربا email=بريد embass=سفار emergenc=طوار employ=موظف,وظف,عمل end=نهاي,انهاء enem=عدو energy=طاق engine=محرك engineer=مهندس enter=دخل,دخول environment=بيئ
escape=هرب,فرار event=حدث,احداث,فعالي evidence=دليل,ادل exam=امتحان,فحص execut=تنفيذ,اعدام exercise=تمرين,تدريب exhibit=معرض expect=توقع,متوقع expert=خبير,خبرا explo=انفجار,استكشاف export=صادرات,تصدير
eye=عين,عيون face=وجه,واجه factor=عامل factory=مصنع fail=فشل fall=سقط,انخفض,خريف famil=عائل,اسر fan=مشجع,جماهير,معجب farm=مزرع,مزارع fashion=ازيا,موض father=اب,والد fear=خوف,مخاوف federal=اتحادي,فيدرالي
fight=قتال,قاتل file=ملف,رفع film=فيلم,افلام final=نهائي finance=مال,تمويل financial=مالي find=وجد,عثر fire=حريق,نار,اطلاق fish=سمك,اسماك flag=علم fleet=اسطول flight=رحل,طيران flood=فيضان floor=طابق,ارضي
fly=طار,طيران follow=تابع,متابع food=غذا,طعام foot=قدم football=قدم force=قو,قوات forecast=توقع foreign=خارجي,اجنبي forest=غاب former=سابق found=اسس,وجد,عثر foundation=مؤسس freedom=حري friend=صديق,اصدقا
front=جبه,امام fuel=وقود fund=صندوق,تمويل funeral=جناز future=مستقبل game=مبارا,لعب garden=حديق gas=غاز general=عام,جنرال genet=جين gift=هدي girl=فتا,بن global=عالمي goal=هدف,اهداف gold=ذهب
golf=جولف,غولف government=حكوم governor=حاكم,محافظ grain=حبوب grant=منح group=مجموع grow=نما,نمو guard=حرس,حارس guest=ضيف guide=دليل,مرشد guilty=مذنب gun=سلاح,مسدس,بندق hall=قاع harass=تحرش harvest=حصاد
hat=قبع head=رئيس,راس health=صح hear=سمع,جلس hearing=جلس,استماع heart=قلب heat=حراره helicopter=مروحي help=مساعد,ساعد hero=بطل hill=تل,هيل histor=تاريخ hit=ضرب,اصاب holiday=عطل,عيد,اجاز home=منزل,بيت hospital=مستشف
hostage=رهين,رهائن hotel=فندق,فنادق house=منزل,بيت,مجلس human=انسان,بشر hunt=صيد hurricane=اعصار husband=زوج ice=جليد,ثلج immigra=هجر,مهاجر import=استيراد,واردات increase=زياد,زاد independen=استقلال,مستقل industr=صناع inflation=تضخم
infect=اصاب,عدو information=معلوم injur=اصاب,جرح,مصاب insur=تامين intelligence=استخبار,ذكا interest=فائد,مصلح,اهتمام international=دولي internet=انترنت interview=مقابل invest=استثمر,استثمار,مستثمر investigat=تحقيق,محقق invit=دعو
island=جزير,جزر issue=قضي,مشكل jail=سجن jewel=مجوهر job=وظيف,وظائف,عمل join=انضم journal=صحيف,مجل journalist=صحفي,صحافي journey=رحل judge=قاض judiciary=قضائي jury=محلفين justice=عدل,عدال kill=قتل,مقتل king=ملك kitchen=مطبخ
knife=سكين labour=عمال labor=عمال lake=بحير land=ارض,هبط landing=هبوط language=لغ launch=اطلق,اطلاق law=قانون,قوانين lawmaker=مشرع,نواب lawsuit=دعوي lawyer=محام lead=قاد,تقدم,صدار leader=زعيم,قائد,قاد league=دوري,رابط learn=تعلم leave=غادر,ترك
legal=قانون legislat=تشريع letter=رسال,خطاب level=مستو liberal=ليبرالي library=مكتب license=رخص,ترخيص life=حيا light=ضو,خفيف lion=اسد list=قائم literat=ادب live=عاش,يعيش local=محلي lose=خسر lost=خسر,فقد love=حب,احب
machine=آل magazine=مجل mail=بريد major=كبير,رئيسي manager=مدير,مدرب march=مسير marine=بحري market=سوق,اسواق marr=زواج,تزوج match=مبارا mayor=عمد meat=لحم,لحوم media=اعلام medic=طب medical=طبي meet=اجتماع,اجتمع,التق member=عضو,اعضا
memor=ذاكر,ذكر message=رسال midterm=نصفي militar=عسكري,جيش militia=ميليشي milk=حليب mine=منجم minister=وزير,وزرا ministry=وزار miss=فقد,مفقود missile=صاروخ,صواريخ mission=مهم,بعث money=مال,اموال moon=قمر mosque=مسجد mother=ام,والد
motion=اقتراح mountain=جبل,جبال movement=حرك movie=فيلم,افلام murder=قتل,جريم museum=متحف music=موسيق muslim=مسلم nation=دول,وطن,ام national=وطني,قومي natural=طبيعي navy=بحري negotiat=مفاوض,تفاوض network=شبك newspaper=صحيف,جريد
night=ليل,مسا nominat=ترشيح,مرشح nominee=مرشح novel=رواي nuclear=نووي nurse=ممرض offer=عرض,قدم office=مكتب officer=ضابط,شرط official=مسؤول,رسمي oil=نفط,زيت olympic=اولمب open=فتح,افتتاح operat=عملي,تشغيل opinion=راي oppos=معارض
order=امر,طلب organ=منظم,عضو organi=منظم,تنظيم owner=مالك,صاحب paint=لوح,رسم palace=قصر panel=لجن paper=ورق,صحيف parent=والدين,ابا,اهل park=حديق,منتزه parliament=برلمان participa=مشارك,شارك partner=شريك party=حزب,حفل passenger=راكب,ركاب
passport=جواز patient=مريض,مرضي pay=دفع,اجر peace=سلام penalt=عقوب,جزاء pension=معاش,تقاعد perform=ادا,عرض period=فتر permit=تصريح,سمح person=شخص phone=هاتف photo=صور picture=صور pig=خنزير,خنازير pilot=طيار plan=خط,تخطيط plane=طائر
planet=كوكب plant=نبات,مصنع play=لعب,مسرحي player=لاعب poll=استطلاع police=شرط policy=سياس politic=سياس pollut=تلوث poor=فقر,فقير pope=بابا popul=سكان,شعب port=ميناء poverty=فقر power=قو,سلط,طاق practice=ممارس premier=وزرا
prepar=استعد,اعداد president=رئيس press=صحاف,صحف,ضغط pressure=ضغط,ضغوط prevent=منع price=سعر,اسعار priest=كاهن,قس prince=امير princess=امير prison=سجن,سجين,سجون prize=جائز problem=مشكل process=عملي produc=انتاج,انتج,منتج professor=استاذ
profit=ربح,ارباح program=برنامج,برامج project=مشروع promis=وعد,وعود propos=اقترح,اقتراح,مقترح prosecut=ادعا,مدعي,نياب protect=حماي,حمي protest=احتجاج,محتج,متظاهر prov=اثبت province=مقاطع,محافظ,اقليم public=عام,جمهور publish=نشر pupil=تلميذ,تلاميذ,طلاب
queen=ملك question=سؤال,اسئل race=سباق,عرق racis=عنصري radio=اذاع,راديو rail=سك,قطار rain=مطر,امطار rais=رفع,جمع rape=اغتصاب,اغتصب rate=معدل,نسب reach=وصل,توصل reactor=مفاعل read=قرا reason=سبب rebel=متمرد,ثوار record=قياسي,سجل recover=تعاف,انتعاش
reduc=خفض,تخفيض,تقليل reelect=انتخاب referee=حكم referendum=استفتاء reform=اصلاح refugee=لاجئ refus=رفض,يرفض region=منطق,اقليم regulat=تنظيم reject=رفض relation=علاق releas=افرج,اطلاق,صدر relig=دين remove=ازال rent=ايجار repair=اصلاح
report=تقرير,افاد,ذكر reporter=مراسل,صحفي republic=جمهوري rescue=انقاذ,انقذ research=بحث,ابحاث,باحث resident=سكان,مقيم resign=استقال resist=مقاوم resolution=قرار restaurant=مطعم,مطاعم result=نتيج,نتائج retail=تجزئ retire=تقاعد,اعتزل return=عاد,عود reveal=كشف
revenue=ايراد,عائد review=مراجع revolution=ثور rich=ثري,غني right=حق,يمين rise=ارتفع,ارتفاع risk=خطر,مخاطر river=نهر road=طريق,طرق rob=سرق robot=روبوت rock=صخر,صخور role=دور room=غرف round=جول rule=حكم,قاعد ruling=حكم rumor=شائع safe=امن,سلام
sail=ابحر,شراع salary=راتب,رواتب sale=بيع,مبيع sanction=عقوب school=مدرس,مدارس scien=علم,علما score=سجل,نتيج sea=بحر search=بحث season=موسم seat=مقعد,مقاعد second=ثاني secretary=وزير,سكرتير,امين secur=امن security=امن sell=بيع,باع
senat=شيوخ,سناتور,سيناتور sentence=حكم,عقوب servic=خدم session=جلس,دور settle=تسوي,مستوطن sex=جنس share=سهم,اسهم,حص ship=سفين,سفن shoot=اطلاق,نار shop=متجر,تسوق show=عرض,اظهر shut=اغلق sign=وقع,توقيع singer=مغني sister=شقيق,اخت
site=موقع,مواقع skin=جلد sleep=نوم snow=ثلج social=اجتماعي soldier=جندي,جنود solution=حل son=ابن song=اغني,اغاني source=مصدر,مصادر space=فضا speak=تحدث,متحدث speech=خطاب,كلم spend=انفاق,انفق spokes=متحدث,ناطق sport=رياض stadium=ملعب,استاد
staff=موظف stag=مسرح,مرحل star=نجم,نجوم state=ولاي,دول statement=بيان,تصريح station=محط statue=تمثال steal=سرق stock=سهم,اسهم,مخزون stop=وقف,توقف store=متجر,متاجر storm=عاصف,عواصف story=قص,قصص strategy=استراتيج street=شارع,شوارع strike=اضراب,ضرب,غار
student=طالب,طلاب,طلب study=دراس,درس success=نجاح,نجح sue=دعو,مقاضا sugar=سكر suicide=انتحار summer=صيف summit=قم support=دعم,مؤيد,داعم suprem=عليا surg=جراح,عملي survey=استطلاع,مسح surviv=نجا,ناج suspect=مشتبه suspend=علق,تعليق swim=سباح
talk=محادث,تحدث tank=دباب,خزان tariff=رسوم,تعريف tax=ضريب,ضرائب teach=تعليم,مدرس,معلم team=فريق,فرق tech=تقن,تكنولوج technology=تكنولوج,تقني telephone=هاتف televis=تلفز temple=معبد tennis=تنس terror=ارهاب test=اختبار,فحص,تجرب testif=شهد,شهاد testimon=شهاد
theater=مسرح theatre=مسرح threat=تهديد,هدد ticket=تذكر,تذاكر title=لقب,عنوان tour=جول,سياح tourist=سائح,سياح,سواح tower=برج town=بلد,مدين trade=تجار traffic=مرور train=قطار,تدريب transfer=نقل,انتقال transport=نقل travel=سفر,سافر treat=علاج,معامل
treaty=معاهد trial=محاكم tribe=قبيل trip=رحل troop=قوات,جنود truck=شاحن trump=ترامب truth=حقيق tsunami=تسونامي tweet=تغريد,غرد union=اتحاد,نقاب unit=وحد university=جامع vaccin=لقاح,تطعيم victim=ضحي,ضحايا victor=فوز,نصر,انتصار video=فيديو
village=قري violen=عنف visit=زيار,زار voice=صوت volunteer=متطوع vote=صوت,تصويت voter=ناخب wage=اجر,اجور wall=جدار,حائط war=حرب warn=حذر,تحذير wast=نفاي,هدر water=ميا,ما weapon=سلاح,اسلح weather=طقس website=موقع wedding=زفاف,زواج week=اسبوع,اسابيع
weight=وزن west=غرب white=ابيض,بيض wife=زوج wild=بري win=فاز,فوز wind=رياح,ريح winner=فائز winter=شتا withdraw=انسحاب,انسحب witness=شاهد,شهود woman=امرا women=نسا wood=خشب word=كلم work=عمل,يعمل worker=عامل,عمال world=عالم worship=عباد
wound=جرح,اصاب writ=كتب,كاتب,كتاب young=شاب,شباب youth=شباب zone=منطق year=عام,سن month=شهر hour=ساع morning=صباح afternoon=ظهر evening=مسا minute=دقيق,دقائق time=وقت,مر people=ناس,اشخاص,شعب last=ماضي,اخير next=قادم,مقبل,تالي think=اعتقد,يعتقد,ظن believ=اعتقد,يعتقد know=عرف,يعرف,علم name=اسم
number=عدد,رقم point=نقط,نقاط place=مكان hard=صعب difficult=صعب angry=غاضب,غضب anger=غضب scene=مشهد significan=كبير,مهم appear=ظهر,يبدو advantage=ميز,افضلي short=قصير suffer=عان,تعرض online=انترنت senior=كبار,بارز similar=مماثل,مشابه individual=فرد,افراد
condition=شرط,حال,ظروف different=مختلف need=حاج,يحتاج used=استخدم,استخدام using=استخدام stand=وقف action=اجرا often=غالبا impact=تاثير,اثر push=دفع lack=نقص,افتقار incident=حادث term=مصطلح,شروط,ولاي vow=تعهد effect=تاثير necessary=ضرور page=صفح view=راي,وجه
struggl=كافح,معانا character=شخصي previous=سابق analyst=محلل tough=صعب system=نظام knee=ركب momentum=زخم field=ميدان,مجال matter=امر,مسال hand=يد involv=تورط,شارك,مشارك gang=عصاب challenge=تحد together=معا hope=امل,ياميل rally=تجمع,مسير,حشد rallies=تجمع,مسير host=مضيف,استضاف
wrong=خطا responsib=مسؤول choos=اختار,اختيار choice=خيار,اختيار leak=تسريب,تسرب teen=مراهق small=صغير potential=محتمل suspici=شك,شبه data=بيان proud=فخور,فخر subject=موضوع adult=بالغ secret=سر compensat=تعويض misconduct=سوء consumer=مستهلك sector=قطاع hole=حفر step=خطو
multiple=متعدد path=مسار,طريق compar=قارن,مقارن qualit=جود react=رد academ=اكاديم possib=ممكن,محتمل mind=عقل,ذهن achiev=حقق,انجاز annual=سنوي screen=شاش turnout=اقبال,مشارك ground=ارض huge=ضخم,هائل deal=صفق,اتفاق wide=واسع formal=رسمي happen=حدث,يحدث administration=ادار mile=ميل,اميال
model=نموذج,طراز direct=مباشر wait=انتظر,انتظار male=ذكر,رجال contact=اتصال,تواصل old=قديم,عمر style=اسلوب deep=عميق detail=تفاصيل large=كبير big=كبير third=ثالث half=نصف track=مسار,مضمار hold=عقد blue=ازرق red=احمر green=اخضر trust=ثق serious=خطير,جاد
idea=فكر change=تغيير,تغير grandm=جد bike=دراج bicycle=دراج tree=شجر wave=موج quake=زلزال rubble=انقاض,ركام tropical=مداري inch=بوص rainfall=مطر,امطار shark=قرش div=غوص,غطس thie=لص,لصوص robbe=سرق,سطو gunm=مسلح autops=تشريح campus=حرم chase=مطارد stab=طعن
critical=حرج,حاسم stable=مستقر ballot=اقتراع,صندوق donor=مانح,متبرع airplane=طائر crew=طاقم port=ميناء harbo=ميناء ferr=عبار,معدي dam=سد irrigat=ري drought=جفاف famine=مجاع hunger=جوع wheat=قمح bread=خبز fruit=فاكه,فواكه olive=زيتون sheep=غنم,اغنام horse=خيل,حصان
camel=جمل,ابل ceasefire=هدن truce=هدن siege=حصار shell=قذيف,قصف bomb=قنبل,قصف rocket=صاروخ,صواريخ drone=مسير,طائر exile=منف,لاجئ detain=احتجز,اعتقل,احتجاز detention=احتجاز,توقيف tort=تعذيب execution=اعدام coup=انقلاب curfew=حظر,تجول smuggl=تهريب,مهرب traffick=تهريب,اتجار kidnap=خطف,اختطاف abduct=خطف,اختطاف
bribe=رشو fraud=احتيال,غش embezzl=اختلاس salar=راتب,رواتب wages=اجور unemploy=بطال loan=قرض,قروض bond=سند dollar=دولار euro=يورو pound=جنيه riyal=ريال dinar=دينار dirham=درهم stockmarket=بورص exchange=تبادل,صرف,بورص subsid=دعم privati=خصخص electricit=كهربا solar=شمسي
pipeline=انبوب,انابيب barrel=برميل refiner=مصفا,تكرير tunnel=نفق metro=مترو highway=طريق bridge=جسر,جسور lighthouse=منار pilgrim=حج,حجاج mosque=مسجد,مساجد imam=امام shrine=ضريح,مزار ramadan=رمضان eid=عيد prayer=صلا fast=صيام,سريع virus=فيروس epidemic=وبا outbreak=تفش,وبا quarantine=حجر
mask=كمام clinic=عياد,مستوصف surgeon=جراح pregnan=حامل,حمل obes=سمن,بدان diabet=سكر smok=تدخين,دخان sleep=نوم brain=دماغ,مخ lung=رئ bone=عظم,عظام tooth=سن,اسنان planet=كوكب,كواكب satellite=قمر,اقمار telescope=تلسكوب,مرصد robot=روبوت softw=برمج comput=حاسوب,كمبيوتر app=تطبيق hack=قرصن,اختراق
north=شمال south=جنوب east=شرق border=حدود capital=عاصم,راسمال bus=حافل brexit=بريكست,خروج allegat=اتهام,ادعا nomin=ترشيح,مرشح
`

const (
	shortestNewsWord = 3
	longestNewsWord  = 13
)

// newsStems gives the folded Arabic stems of an English stem.
var newsStems = sync.OnceValue(func() *fold.Table[[][]byte] {
	m := make(map[string][][]byte, 700)
	for entry := range strings.FieldsSeq(newsWords) {
		english, arabic, _ := strings.Cut(entry, "=")
		for stem := range strings.SplitSeq(arabic, ",") {
			m[english] = append(m[english], []byte(fold.Text(stem)))
		}
	}
	return fold.NewTable(m)
})

// rendered gives the Arabic stems that may render an English word in lower case,
// by the longest English stem that begins it.
func rendered(word []byte) [][]byte {
	m := newsStems()
	for n := min(len(word), longestNewsWord); n >= shortestNewsWord; n-- {
		if stems, ok := m.Find(word[:n]); ok && len(word)-n <= 4 {
			return stems
		}
	}
	return nil
}
