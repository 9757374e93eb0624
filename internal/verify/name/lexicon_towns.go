package name

import (
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// townLines are cities, states, provinces and organisations that news names
// without explaining them, in the form of placeLines. Arabic writes them by
// their sound or in the words given here. They stand apart from names() since
// many are surnames as well: beside a given name they are no places. Own
// compilation.
const townLines = `
alabama = ألاباما, الاباما, ألباما
alaska = ألاسك, الاسك, آلاسك
arizona = أريزون, اريزون, آريزون
california, californian = كاليفورني, كليفورني
colorado = كولوراد
delaware = ديلاوير, ديلوير
florida = فلوريد
idaho = أيداه, ايداه, إيداه, آيداه
indiana = إنديان, انديان
kansas = كنساس, كانساس, كانزاس
kentucky = كنتاك, كينتاك, كنتوك
louisiana = لويزيان, لوزيان
maine = ولاية مين, مين$, ماين$
maryland = ميريلاند, ماريلاند, مريلاند, ميرلاند
minnesota = مينيسوت, منيسوت, مينسوت
mississippi = ميسيسيب, مسيسيب, ميسسيب
missouri = ميسور, ميزور
montana = مونتان
nebraska = نبراسك, نيبراسك
nevada = نيفاد
ohio = أوهاي, اوهاي
oklahoma = أوكلاهوم, اوكلاهوم
oregon = أوريغ, اوريغ, أوريج, أوريك, أورغون
pennsylvania = بنسلفان, بنسيلفان, بينسلفان, بينسيلفان
tennessee = تينيس, تنيس, تينس
utah = يوتا$, أوتا$, يوتاه
vermont = فيرمونت, فرمونت
wisconsin = ويسكونس, وسكونس
wyoming = وايوم, وايومن, ويوم
ontario = أونتار, اونتار
quebec = كيبيك, كيبك, كويبك
manitoba = مانيتوب, منيتوب
alberta = ألبرت, البرت
saskatchewan = ساسكات
british columbia = كولومبيا البريطان, بريتش كولومب
queensland = كوينزلاند, كوينزلند, كوينسلاند
tasmania, tasmanian = تسمان, تاسمان
new south wales = ويلز الجنوب, ساوث ويلز
cornwall = كورنوال, كورنويل
yorkshire = يوركش
kent = كينت$, كنت$
sussex = ساسك, سوسك, سسكس
essex = إسك, إيسك
devon = ديفون
norfolk = نورفولك, نورفوك
wembley = ويمبل, ومبل
saxony = ساكسون, سكسون
punjab, punjabi = بنجاب, بنجب
sonora = سونور
sulawesi = سولاو, سولاويز
sumatra = سومطر
palu = بالو$
bali = بالي$
normandy = نورماند
brittany = بريتان
toronto = تورونت, تورنت
montreal = مونتري, مونريال
vancouver = فانكوف
chicago = شيكاغ, شيكاج, شيكاك
boston = بوسطن, بوستن
philadelphia = فيلادلف, فلادلف
detroit = ديترو, دترو
houston = هيوست, هوست
dallas = دالاس, دلاس
denver = دنفر, دينفر
miami = ميام
atlanta = أتلانت, اتلانت, أطلنط
baltimore = بالتيمور, بلتيمور
cleveland = كليفلاند, كليفلند
memphis = ممفيس, ميمفيس
nashville = ناشفيل, ناشفل
orlando = أورلاند, اورلاند
tampa = تامب$, تامبا
portland = بورتلاند, بورتلند
seattle = سياتل, سياتيل
pittsburgh = بيتسبر, بتسبر
cincinnati = سينسينات, سنسنات
milwaukee = ميلووك, ميلواك
minneapolis = مينيابول, منيابول
sacramento = ساكرامنت, سكرامنت
san diego = سان دييغ, سان ديغ, ساندييغ, سان دييج
san jose = سان خوس, سان هوز
san antonio = سان أنطون, سان انطون
salt lake city = سولت لايك, سولت ليك, سالت ليك, سالت لايك
baton rouge = باتون روج, باتون روغ, باتن روج
rio de janeiro, rio = ريو
sao paulo = ساو باول, ساوباول
cape town = كيب تاون, كيبتاون, رأس الرجاء
kansas city = كنساس, كانساس
johannesburg = جوهانس, يوهانس
durban = ديربان, دوربان
lagos = لاغوس, لاجوس
manchester = مانشست, مانتشست
birmingham = برمنغ, برمينغ, بيرمنغ, بيرمينغ, برمنج, برمينج
glasgow = غلاسك, جلاسك, غلاسغ, جلاسج
leeds = ليدز
bristol = بريستول, برستول
nottingham = نوتنغ, نوتينغ, نوتنج, نوتينج
sheffield = شيفيلد, شفيلد
newcastle = نيوكاسل, نيوكاسيل, نيو كاسل
aberdeen = أبردين, ابردين, أبيردين
belfast = بلفاست, بيلفاست
leicester = ليست, لست
bradford = برادفورد
brighton = برايت
plymouth = بليموث, بلايموث
southampton = ساوثه, ساوثامب, ساوثمب
portsmouth = بورتسم, بورتسماوث
barcelona = برشلون
valencia = فالنس, بلنس
porto = بورت
rotterdam = روتردام
hamburg = هامبور, همبور
leipzig = لايبزيغ, لايبزيج, لايبتس, ليبز
dresden = دريسدن, درسدن
stuttgart = شتوتغ, شتوتج, ستوتغ
dusseldorf = دوسلدور
salzburg = سالزبور, زالتسبور
basel = بازل
lyon = ليون$
toulouse = تولوز
bordeaux = بورد
lille = ليل$
strasbourg = ستراسبور, شتراسبور
krakow = كراكوف
gdansk = غدانسك, جدانسك
odessa = أوديس, اوديس
kharkiv, kharkov = خاركيف, خاركوف
mariupol = ماريوبول
lviv = لفيف, لفوف
st petersburg = بطرسبور, بطرسبرغ, بطرسبرج, بيترسب
sydney = سيدن
melbourne = ملبور, ميلبور
brisbane = بريزب, برزب, بريسب
auckland = أوكلاند, اوكلاند
shanghai = شانغه, شنغه, شانجه, شنجه, شانغاه
shenzhen = شنجن, شينجن, شنتشن, شينزين, شنزن, شنغن
guangzhou = قوانغت, غوانغ, قوانغ, جوانج, كوانغ
wuhan = ووهان, يوهان
osaka = أوساك, اوساك
kyoto = كيوت
hiroshima = هيروش
karachi = كراتش
lahore = لاهور
peshawar = بيشاور
kolkata, calcutta = كلكت, كولكات, كالكوت
kandahar = قندهار
isfahan, esfahan = أصفهان, اصفهان
mashhad = مشهد
fallujah = فلوج
kirkuk = كركوك
misrata = مصرات
volgograd = فولغوغراد, فولجوجراد
`

// houseLines are organisations, as townLines.
const houseLines = `
exxonmobil, exxon mobil, exxon = إكسون, اكسون
walmart = وولمارت, ولمارت, وول مارت, والمارت
tesco = تيسك, تسك
nissan = نيسان
renault = رين
honda = هوند
hyundai = هيوند
mitsubishi = ميتسوب
intel = إنتل, انتل
ibm = آي بي إم, آي بي ام, اي بي ام, أي بي إم
sony = سون
snapchat, snap = سناب
linkedin = لينكد, لنكد
paypal = باي بال, بايبال, بيبال
alibaba = علي بابا, عليبابا
vodafone = فودافون
lufthansa = لوفتهان, لوفتهانز, لوفتهنز
ryanair = رايان, راين
goldman sachs = غولدمان, جولدمان
deutsche bank = دويتش, دويتشه
hsbc = إتش إس, اتش اس
astrazeneca = أسترازين, استرازين, أسترا
moderna = موديرن, مودرن
bloomberg = بلومبر
sky news = سكاي
le monde = لوموند, لو موند
der spiegel, spiegel = شبيغل, شبيجل, شبيغيل, سبيغل, شبيكل, سبيجل
haaretz = هآرتس, هارتس, هآريتس
politico = بوليتيك
financial times = فاينانشال, فايننشال, فاينانشيال, فاينانشل, فايننشيال
wall street journal = وول ستريت
usa today = يو إس إيه, يو اس ايه, يو إس أيه, يو إس إي, يو إس توداي
xinhua = شينخوا, شنخوا
abc, abc news = إيه بي سي, ايه بي سي, أي بي سي, اي بي سي, آي بي سي
itv = آي تي ف, اي تي ف, أي تي ف
associated press = أسوش, اسوش
manchester united = مانشست, مانتشست, يونايتد
manchester city = مانشست, مانتشست, سيتي
everton = إيفرت, ايفرت, إفرت
tottenham, tottenham hotspur = توتن, توتين
bayern munich = بايرن
villarreal, villareal = فياري, فياريال, فيلاري, فيلياري, فيا ريال
benfica = بنفيك, بينفيك
ajax = أياكس, اياكس, آياكس, أجاكس
sevilla = إشبيل, اشبيل, سيفيل, سيفيي
napoli = نابول
leverkusen, bayer leverkusen = ليفركوز, لفركوز, ليفركوس
borussia dortmund, dortmund = دورتموند
aston villa = أستون, استون
crystal palace = كريستال, كرستال
inter milan = إنتر, انتر
atletico madrid = أتلت, اتلت, أتليت, اتليت
oxfam = أوكسفام, اوكسفام, أكسفام
greenpeace = غرينب, جرينب, غرين ب, جرين ب, سلام الأخضر, سلام الاخضر
save the children = إنقاذ الطف, انقاذ الطف, إنقاذ الأطف, انقاذ الاطف, أنقذوا, سيف ذا, سيف ذي, رعاية الأطف, رعاية الطف
world vision = رؤية العالم, ورلد فيجن, وورلد فيجن, رؤيا العالم, وورلد فيج, ورلد فيج
transparency international = شفافية الدول
world wildlife fund, wwf = حياة البري, حياة الفطري, طبيعة
doctors without borders = أطباء بلا, اطباء بلا
world trade organization, world trade organisation, wto = تجارة العالم, تجارة الدول
world health organization, world health organisation = صحة العالم
world food programme, world food program = أغذية العالم, غذاء العالم, غذاء الدول, اغذية العالم
international criminal court = جنائية الدول
national security agency, nsa = أمن القوم, أمن الوطن, إن إس إ, ان اس اي
treasury = خزان, خزين, مالي
scotland yard = سكوتلاند يارد, اسكتلند يارد, سكوتلند يارد, شرطة لندن, شرطة البريطان, اسكوتلاند يارد
mossad = موساد
stanford university, stanford = ستانفورد, ستنفورد
yale university, yale = ييل, يال$
princeton university, princeton = برينست, برنست
cornell university, cornell = كورن
columbia university = كولومب
cambridge university, cambridge = كامبر, كمبر
carnegie mellon university, carnegie mellon = كارني, كارنج
heidelberg university, heidelberg = هايدلبر, هيدلبر
g20 = عشرين
g7 = سبع
al shabaab = شباب
`

var towns = sync.OnceValue(func() *lexicon {
	l := &lexicon{byName: map[string]*group{}, begins: map[string]bool{}}
	l.add(townLines, group{place: true, sounds: true})
	l.add(houseLines, group{place: true, sounds: true})
	return l
})

// alone reports a name of towns that is no part of another one, nor that of a
// person: "Houston Chronicle" and "Anna Houston" may be called otherwise, or
// left to the rules for people.
func alone(words *fold.Words, i, n, from, to int) bool {
	if n == 1 && (i > from && words.List[i-1].Upper && !words.List[i].Broken && titles()[string(words.Of(&words.List[i-1]))]) {
		return false
	}
	if i > from && !words.List[i].Broken && !words.List[i-1].Possessive && words.List[i-1].Upper && n == 1 {
		if !common()[string(words.Of(&words.List[i-1]))] {
			return false
		}
	}
	if end := i + n; end < to && !words.List[end].Broken && !words.List[end-1].Possessive && words.List[end].Upper {
		return titles()[string(words.Of(&words.List[end]))]
	}
	return true
}
