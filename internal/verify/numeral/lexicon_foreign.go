package numeral

import (
	"strconv"
	"strings"
	"sync"

	"github.com/mujaz/mujaz/internal/verify/fold"
)

// The number words of ten languages beside Arabic and English, one value a
// line, with the forms that news text has: cardinals, ordinals, and the cases
// in which they are declined. Own compilation from standard grammar; compounds
// are put together in foreign.go.
//
// A line begins with a value; with "/" and the denominator of a fraction; with
// "&" for words that join the parts of a number; with "%" for percent; with "-"
// for what may follow a number inside of one word.

const frenchNumbers = `
0 zéro
1 un une premier première
2 deux deuxième double
3 trois troisième triple
4 quatre quatrième quadruple
5 cinq cinquième quintuple
6 six sixième sextuple
7 sept septième
8 huit huitième
9 neuf neuvième
10 dix dixième dizaine dizaines
11 onze onzième
12 douze douzième douzaine douzaines
13 treize treizième
14 quatorze quatorzième
15 quinze quinzième quinzaine
16 seize seizième
20 vingt vingts vingtième vingtaine
30 trente trentième trentaine
40 quarante quarantième quarantaine
50 cinquante cinquantième cinquantaine
60 soixante soixantième soixantaine
70 septante
80 huitante octante
90 nonante
100 cent cents centième centaine centaines
1000 mille mil millier milliers
1000000 million millions
1000000000 milliard milliards
1000000000000 billion billions
/2 demi demie moitié
/3 tiers
/4 quart quarts
& et virgule
% pourcent
`

const spanishNumbers = `
0 cero
1 uno un una primer primero primera
2 dos segundo segunda doble
3 tres tercer tercero tercera triple
4 cuatro cuarto cuarta
5 cinco quinto quinta quíntuple
6 seis sexto sexta
7 siete séptimo séptima
8 ocho octavo octava
9 nueve noveno novena
10 diez décimo décima decena decenas
11 once undécimo
12 doce duodécimo docena docenas
13 trece
14 catorce
15 quince quincena
16 dieciséis
17 diecisiete
18 dieciocho
19 diecinueve
20 veinte vigésimo veintena
21 veintiuno veintiún veintiuna
22 veintidós
23 veintitrés
24 veinticuatro
25 veinticinco
26 veintiséis
27 veintisiete
28 veintiocho
29 veintinueve
30 treinta treintena
40 cuarenta
50 cincuenta cincuentena
60 sesenta
70 setenta
80 ochenta
90 noventa
100 cien ciento centenar centenares cientos
200 doscientos doscientas
300 trescientos trescientas
400 cuatrocientos cuatrocientas
500 quinientos quinientas
600 seiscientos seiscientas
700 setecientos setecientas
800 ochocientos ochocientas
900 novecientos novecientas
1000 mil miles millar millares
1000000 millón millones
1000000000 millardo millardos
1000000000000 billón billones
/2 medio media mitad
/3 tercio tercios
/4 cuartos
& y
- avo ava avos avas
`

const germanNumbers = `
0 null
1 ein eins eine einer einen einem eines erste ersten erster erstes
2 zwei zwo zweit beide
3 drei dritte dritten dritter drittes
4 vier
5 fünf
6 sechs
7 sieben siebt
8 acht
9 neun
10 zehn
11 elf
12 zwölf dutzend dutzende
16 sechzehn
17 siebzehn
20 zwanzig
30 dreißig dreissig
40 vierzig
50 fünfzig
60 sechzig
70 siebzig
80 achtzig
90 neunzig
100 hundert hunderte
1000 tausend tausende
1000000 million millionen mio
1000000000 milliarde milliarden mrd
1000000000000 billion billionen
1.5 anderthalb eineinhalb
2.5 zweieinhalb
3.5 dreieinhalb
4.5 viereinhalb
5.5 fünfeinhalb
6.5 sechseinhalb
7.5 siebeneinhalb
8.5 achteinhalb
/2 halb halbe halben halbes hälfte
/3 drittel
/4 viertel
& und
% prozent prozentpunkte
- te ten ter tes tem ste sten ster stes stel tel jährige jährigen jähriger jähriges jährig fach fache fachen mal malige maligen er ern köpfige köpfigen monatige monatigen monatiger tägige tägigen tägiger wöchige wöchigen stündige stündigen stöckige stellige stelligen minütige minütigen prozentige prozentigen teilige teiligen zylinder meter jahre
`

const russianNumbers = `
0 ноль нуль нуля нулем
1 один одна одно одного одной одному одним одном одну первый первая первое первого первой первую первым первом первых одно
2 два две двух двум двумя второй вторая второе второго вторую вторым втором двое двоих двух
3 три трех трем тремя третий третья третье третьего третьей третьему третьим третью трое троих трех
4 четыре четырех четырем четырьмя четвертый четвертая четвертое четвертого четвертой четвертую четвертом четвертым четверо четверых
5 пять пяти пятью пятый пятая пятое пятого пятой пятую пятым пятом пятеро пятерых пятерка пятерки
6 шесть шести шестью шестой шестая шестое шестого шестую шестым шестом шестеро шестерых
7 семь семи семью седьмой седьмая седьмое седьмого седьмую седьмым седьмом семеро семерых
8 восемь восьми восемью восьмью восьмой восьмая восьмое восьмого восьмую восьмым восьмом восьмеро
9 девять девяти девятью девятый девятая девятое девятого девятой девятую девятым девятом
10 десять десяти десятью десятый десятая десятого десятой десятом десятки десятков десяток
11 одиннадцать одиннадцати одиннадцатый одиннадцатого одиннадцатой
12 двенадцать двенадцати двенадцатый двенадцатого двенадцатой дюжина дюжины
13 тринадцать тринадцати тринадцатый тринадцатого
14 четырнадцать четырнадцати четырнадцатый четырнадцатого
15 пятнадцать пятнадцати пятнадцатый пятнадцатого
16 шестнадцать шестнадцати шестнадцатый шестнадцатого
17 семнадцать семнадцати семнадцатый семнадцатого
18 восемнадцать восемнадцати восемнадцатый восемнадцатого
19 девятнадцать девятнадцати девятнадцатый девятнадцатого
20 двадцать двадцати двадцатью двадцатый двадцатого двадцатых двадцатые
30 тридцать тридцати тридцатью тридцатый тридцатого тридцатых тридцатые
40 сорок сорока сороковой сороковых сороковые
50 пятьдесят пятидесяти пятьюдесятью пятидесятый пятидесятых пятидесятые
60 шестьдесят шестидесяти шестидесятый шестидесятых шестидесятые
70 семьдесят семидесяти семидесятый семидесятых семидесятые
80 восемьдесят восьмидесяти восьмидесятый восьмидесятых восьмидесятые
90 девяносто девяноста девяностых девяностые
100 сто ста сотня сотни сотен сотый сотого
200 двести двухсот двумстам
300 триста трехсот
400 четыреста четырехсот
500 пятьсот пятисот
600 шестьсот шестисот
700 семьсот семисот
800 восемьсот восьмисот
900 девятьсот девятисот
1000 тысяча тысячи тысяч тысячу тысячей тысячам тысячами тысячах тыс тысячный тысячная тысячное тысячного тысячной тысячную тысячным тысячном тысячные тысячных
1000000 миллион миллиона миллионов миллионам миллионами миллионах миллиону миллионе млн миллионный миллионная миллионного миллионной миллионную миллионным миллионном миллионные миллионных
1000000000 миллиард миллиарда миллиардов миллиардам миллиардами миллиарде миллиарду млрд миллиардный миллиардная миллиардного миллиардной миллиардную миллиардные миллиардных
1000000000000 триллион триллиона триллионов трлн
1.5 полтора полторы полутора
/2 половина половины половину половиной половине полу пол
/3 треть трети третью
/4 четверть четверти четвертью
& и с
% процент процента процентов процентам процентами процентах процентный процентного процентную проц
- летний летняя летнее летнего летней летнему летним летнюю летию летия летие летием летних летние дневный дневного дневной дневную часовой часового часовую месячный месячного месячной месячную кратный кратного кратная кратной кратно кратном этажный этажного этажном процентный процентного процентную минутный минутной минутного минутную миллионный миллионного тысячный тысячного тысячной очковое очковый звездочный метровый метрового километровый градусный недельный недельного недельную дверный местный значный рублевый ный ная ное ного ной ную
`

const turkishNumbers = `
0 sıfır
1 bir ilk birinci biri
2 iki ikinci ikisi ikili
3 üç üçüncü üçü
4 dört dördüncü dördü
5 beş beşinci
6 altı altıncı
7 yedi yedinci
8 sekiz sekizinci
9 dokuz dokuzuncu
10 on onuncu
12 düzine
20 yirmi yirminci
30 otuz otuzuncu
40 kırk kırkıncı
50 elli ellinci
60 altmış altmışıncı
70 yetmiş yetmişinci
80 seksen sekseninci
90 doksan doksanıncı
100 yüz yüzüncü yüzlerce
1000 bin bininci binlerce
1000000 milyon milyonluk milyonlarca mn
1000000000 milyar milyarlık mr
1000000000000 trilyon
/2 yarım yarı yarısı yarısını yarısının
/4 çeyrek
+0.5 buçuk
% yüzde yüzdesi
- te ta de da den dan ten tan i ı u ü e a ye ya in ın un ün nin nın nun nün si sı su sü li lı lu lü lik lık luk lük er ar şer şar inci ıncı uncu üncü nci ncı ncu ncü lar ler larca lerce ini ını unu ünü sini sını sinin sının likten ken di dı du dü ti tı tu tü dir dır dur dür tir tır yi yı yu yü ydi ydı inde ında unda ünde sinde sında lerde larda
`

const persianNumbers = `
0 صفر
1 یک اول یکم نخست
2 دو دوم دومین
3 سه سوم سومین
4 چهار چهارم چهارمین
5 پنج پنجم پنجمین
6 شش ششم ششمین
7 هفت هفتم هفتمین
8 هشت هشتم هشتمین
9 نه نهم نهمین
10 ده دهم دهمین دهه ده‌ها
11 یازده یازدهم یازدهمین
12 دوازده دوازدهم دوازدهمین
13 سیزده سیزدهم
14 چهارده چهاردهم
15 پانزده پانزدهم
16 شانزده شانزدهم
17 هفده هفدهم
18 هجده هیجده هژده هجدهم هژدهم
19 نوزده نوزدهم
20 بیست بیستم
30 سی سی‌ام
40 چهل چهلم
50 پنجاه پنجاهم
60 شصت شصتم
70 هفتاد هفتادم
80 هشتاد هشتادم
90 نود نودم
100 صد یکصد صدم صدها
200 دویست دوصد
300 سیصد
400 چهارصد چهار‌صد
500 پانصد پنجصد پنج‌صد
600 ششصد شش‌صد
700 هفتصد هفت‌صد
800 هشتصد هشت‌صد
900 نهصد نه‌صد
1000 هزار هزاران هزارم
1000000 میلیون ملیون میلیون‌ها میلیونی ملیونی
1000000000 میلیارد ملیارد بیلیون میلیاردی بلیون
1000000000000 تریلیون تریلیون‌ها تریلیارد هزارمیلیارد
/2 نیم نصف نیمی
/3 ثلث
/4 ربع
& و
% درصد فیصد
- ساله سالگی نفره نفری روزه ماهه ساعته طبقه دقیقه‌ای درصدی مین م ی ها تا ام هفته‌ای
`

const urduNumbers = `
0 صفر
1 ایک پہلا پہلی پہلے
2 دو دوسرا دوسری دوسرے دونوں
3 تین تیسرا تیسری تیسرے تینوں
4 چار چوتھا چوتھی چوتھے چاروں
5 پانچ پانچواں پانچویں پانچوں
6 چھ چھے چھٹا چھٹی چھٹے
7 سات ساتواں ساتویں
8 آٹھ آٹھواں آٹھویں
9 نو نواں نویں
10 دس دسواں دسویں دہائی
11 گیارہ گیارہویں
12 بارہ بارہویں درجن درجنوں
13 تیرہ تیرہویں
14 چودہ چودہویں
15 پندرہ پندرہویں
16 سولہ سولہویں
17 سترہ سترہویں
18 اٹھارہ اٹھارہویں
19 انیس انیسویں
20 بیس بیسویں
21 اکیس اکیسویں
22 بائیس
23 تیئیس تئیس
24 چوبیس
25 پچیس
26 چھبیس
27 ستائیس
28 اٹھائیس
29 انتیس
30 تیس تیسویں
31 اکتیس
32 بتیس
33 تینتیس
34 چونتیس
35 پینتیس
36 چھتیس
37 سینتیس
38 اڑتیس
39 انتالیس
40 چالیس
41 اکتالیس
42 بیالیس
43 تینتالیس
44 چوالیس
45 پینتالیس
46 چھیالیس
47 سینتالیس
48 اڑتالیس
49 انچاس
50 پچاس
51 اکیاون
52 باون
53 ترپن
54 چون
55 پچپن
56 چھپن
57 ستاون
58 اٹھاون
59 انسٹھ
60 ساٹھ
61 اکسٹھ
62 باسٹھ
63 تریسٹھ
64 چونسٹھ
65 پینسٹھ
66 چھیاسٹھ
67 سڑسٹھ
68 اڑسٹھ
69 انہتر
70 ستر
71 اکہتر
72 بہتر
73 تہتر
74 چوہتر
75 پچہتر
76 چھہتر
77 ستتر
78 اٹھہتر
79 اناسی
80 اسی
81 اکیاسی
82 بیاسی
83 تراسی
84 چوراسی
85 پچاسی
86 چھیاسی
87 ستاسی
88 اٹھاسی
89 نواسی
90 نوے
91 اکیانوے
92 بانوے
93 ترانوے
94 چورانوے
95 پچانوے
96 چھیانوے
97 ستانوے
98 اٹھانوے
99 ننانوے
100 سو سینکڑوں
1000 ہزار ہزاروں
100000 لاکھ لاکھوں
10000000 کروڑ کروڑوں
1000000 ملین میلین
1000000000 ارب اربوں بلین
100000000000 کھرب
1000000000000 ٹریلین
1.5 ڈیڑھ
2.5 ڈھائی
^0.5 ساڑھے
^0.25 سوا
^-0.25 پونے
/2 آدھا آدھی آدھے نصف
/3 تہائی
/4 چوتھائی
% فیصد فیصدی فی‌صد
`

const hindiNumbers = `
0 शून्य
1 एक पहला पहली पहले प्रथम
2 दो दूसरा दूसरी दूसरे दोनों द्वितीय
3 तीन तीसरा तीसरी तीसरे तीनों
4 चार चौथा चौथी चौथे चारों
5 पांच पाँच पांचवां पांचवें पांचवीं पाँचवें पाँचवीं
6 छह छः छे छठा छठी छठे
7 सात सातवां सातवें सातवीं
8 आठ आठवां आठवें आठवीं
9 नौ नौवां नौवें नौवीं
10 दस दसवां दसवें दसवीं दशक दशकों
11 ग्यारह ग्यारहवें ग्यारहवीं
12 बारह बारहवें बारहवीं दर्जन दर्जनों
13 तेरह तेरहवें
14 चौदह चौदहवें
15 पंद्रह पन्द्रह पंद्रहवें
16 सोलह सोलहवें
17 सत्रह सतरह सत्रहवें
18 अठारह अट्ठारह अठारहवें
19 उन्नीस उन्नीसवें उन्नीसवीं
20 बीस बीसवें बीसवीं
21 इक्कीस इक्कीसवीं
22 बाईस बाइस
23 तेईस तेइस
24 चौबीस
25 पच्चीस
26 छब्बीस
27 सत्ताईस सत्ताइस
28 अट्ठाईस अट्ठाइस अठ्ठाईस
29 उनतीस उन्तीस
30 तीस तीसवें
31 इकतीस इकत्तीस
32 बत्तीस
33 तैंतीस तेंतीस
34 चौंतीस
35 पैंतीस
36 छत्तीस
37 सैंतीस
38 अड़तीस
39 उनतालीस उन्तालीस
40 चालीस
41 इकतालीस
42 बयालीस
43 तैंतालीस
44 चौवालीस चवालीस
45 पैंतालीस
46 छियालीस
47 सैंतालीस
48 अड़तालीस
49 उनचास उन्चास
50 पचास
51 इक्यावन
52 बावन
53 तिरेपन तिरपन
54 चौवन
55 पचपन
56 छप्पन
57 सत्तावन
58 अट्ठावन अठ्ठावन अठावन
59 उनसठ
60 साठ
61 इकसठ
62 बासठ
63 तिरेसठ तिरसठ
64 चौंसठ
65 पैंसठ
66 छियासठ
67 सड़सठ
68 अड़सठ
69 उनहत्तर
70 सत्तर
71 इकहत्तर
72 बहत्तर
73 तिहत्तर
74 चौहत्तर
75 पचहत्तर
76 छिहत्तर
77 सतहत्तर
78 अठहत्तर
79 उनासी उन्यासी
80 अस्सी
81 इक्यासी
82 बयासी
83 तिरासी
84 चौरासी
85 पचासी
86 छियासी
87 सत्तासी
88 अट्ठासी अठासी
89 नवासी
90 नब्बे
91 इक्यानवे
92 बानवे
93 तिरानवे
94 चौरानवे
95 पचानवे पंचानवे
96 छियानवे
97 सत्तानवे
98 अट्ठानवे अठानवे
99 निन्यानवे
100 सौ सैकड़ों सैकड़ा
1000 हजार हज़ार हजारों हज़ारों
100000 लाख लाखों
10000000 करोड़ करोड़ों करोड
1000000 मिलियन
1000000000 अरब अरबों बिलियन
100000000000 खरब
1000000000000 ट्रिलियन
1.5 डेढ़
2.5 ढाई
^0.5 साढ़े
^0.25 सवा
^-0.25 पौने
/2 आधा आधी आधे अर्ध
/3 तिहाई
/4 चौथाई
% प्रतिशत फीसदी फीसद फ़ीसदी फ़ीसद
`

const hebrewNumbers = `
0 אפס
1 אחד אחת ראשון ראשונה
2 שניים שתיים שני שתי שנים שתים שנייה שניה
3 שלוש שלושה שלושת שלישי שלישית
4 ארבע ארבעה ארבעת רביעי רביעית
5 חמש חמישה חמשת חמישי חמישית
6 שש שישה ששה ששת שישי שישית
7 שבע שבעה שבעת שביעי שביעית
8 שמונה שמונת שמיני שמינית
9 תשע תשעה תשעת תשיעי תשיעית
10 עשר עשרה עשרת עשירי עשירית עשרות עשור
12 תריסר
20 עשרים
30 שלושים
40 ארבעים
50 חמישים חמשים
60 שישים ששים
70 שבעים
80 שמונים
90 תשעים
100 מאה מאות מאת
200 מאתיים מאתים
1000 אלף אלפי אלפים
2000 אלפיים
1000000 מיליון מליון מיליוני מיליונים
1000000000 מיליארד מליארד מיליארדי מיליארדים
1000000000000 טריליון
/2 חצי מחצית
/3 שליש שלישים
/4 רבע רבעים
% אחוז אחוזים אחוזי
`

const pashtoNumbers = `
1 یو یوه لومړی لومړۍ
2 دوه دوې دوو دوهم دویم دوهمه
3 درې دریم دریمه دریو
4 څلور څلورو څلورم څلورمه
5 پنځه پنځو پنځم پنځمه
6 شپږ شپږو شپږم شپږمه
7 اووه اوه اوو اووم اووو اوم اومه
8 اته اتو اتم اتمه
9 نهه نه نهم نهو
10 لس لسم لسو لسیزه
11 یولس یوولس یولسم
12 دولس دوولس دولسم دولسمې
13 دیارلس دیارلسم
14 څوارلس څوارلسم
15 پنځلس پنځلسم
16 شپاړس شپاړسم
17 اوولس اولس اوولسم اوولسمه اوولسمې
18 اتلس اتلسم اتلسمه اتلسمې
19 نولس نونس نولسم
20 شل ویشت شلم
30 دېرش دیرش دېرشم
40 څلوېښت څلویښت
50 پنځوس پنځوسم
60 شپېته شپیته
70 اویا
80 اتیا
90 نوي
100 سل سلو سوه سلګونه
1000 زر زره زرو زرګونه
1000000 میلیون ملیون میلیونه میلیونو ملیونه
1000000000 میلیارد ملیارد میلیارده میلیاردو بیلیون بیلیونه بیلیونو بلیون بلیونه بلیونو بیلیونې
/2 نیم نیمایي نیمه
% سلنه فیصده سلنې
& او
- م مه مې مو ته و ه ې کلن کلنه کلنې کلنو یز یزه
`

const kurdishNumbers = `
1 یەک یەکەم یەکێک
2 دوو دووەم دووان
3 سێ سێیەم
4 چوار چوارەم
5 پێنج پێنجەم
6 شەش شەشەم
7 حەوت حەوتەم
8 هەشت هەشتەم
9 نۆ نۆیەم
10 دە دەیەم
11 یازدە یانزە یانزدە
12 دوازدە دوانزە دوانزدە
13 سیازدە سێزدە سیانزە
14 چواردە
15 پازدە پانزە پانزدە
16 شازدە شانزە شانزدە
17 حەڤدە حەڤدە حەفدە
18 هەژدە هەژدە
19 نۆزدە
20 بیست بیستەم
30 سی
40 چل
50 پەنجا
60 شەست
70 حەفتا
80 هەشتا
90 نەوەد
100 سەد سەدان
200 دووسەد
300 سێسەد
400 چوارسەد
500 پێنجسەد
600 شەشسەد
700 حەوتسەد
800 هەشتسەد
900 نۆسەد
1000 هەزار هەزاران
1000000 ملیۆن میلیۆن ملیون میلیون
1000000000 ملیار بلیۆن ملیارد بیلیۆن میلیارد میلیار
1000000000000 ترلیۆن تریلیۆن
/2 نیو نیوە
& و
- م ەم ەمین یەم یەمین هەم هەمین ەکان ەکە ی ێک ان ەکانی ە ەی ساڵ ساڵە ساڵان ساڵەی ەها یان ەمی ەمەی هەمی یەمی ەمین یەمینی
`

// chineseNumbers holds single signs; 两 is two, 〇 and 零 are zero.
const chineseNumbers = `
0 零 〇
1 一 壹
2 二 两 兩 贰
3 三 叁
4 四 肆
5 五 伍
6 六 陆
7 七 柒
8 八 捌
9 九 玖
10 十 拾
100 百 佰
1000 千 仟
10000 万 萬
100000000 亿 億
1000000000000 兆
/2 半
`

// foreign is what is known of a language's number words.
type foreign struct {
	words  map[string]foreignWord
	begins [256][4]uint64 // the first two bytes of words
	writing
}

// writing says what a language writes as one word.
type writing struct {
	compound bool // numbers, and endings behind them
	prefixed bool // prepositions before the word
	waw      bool // «و» before the word
}

// foreignKind is the part that a foreign word plays in a number.
type foreignKind uint8

const (
	foreignValue foreignKind = iota + 1
	foreignFraction
	foreignAnd
	foreignPercent
	foreignPlus   // "buçuk": a half more
	foreignBefore // «ساڑھے»: a half more than the number behind it
	foreignEnding // may follow a number inside a word
)

type foreignWord struct {
	kind  foreignKind
	value float64
}

// newForeign reads a table of this file.
func newForeign(table string, how writing) *foreign {
	f := &foreign{words: make(map[string]foreignWord, 256), writing: how}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		w := foreignWord{kind: foreignValue}
		head := fields[0]
		switch head[0] {
		case '/':
			w.kind, head = foreignFraction, head[1:]
		case '&':
			w.kind, head = foreignAnd, "0"
		case '%':
			w.kind, head = foreignPercent, "0"
		case '+':
			w.kind, head = foreignPlus, head[1:]
		case '^':
			w.kind, head = foreignBefore, head[1:]
		case '-':
			w.kind, head = foreignEnding, "0"
		}
		v, err := strconv.ParseFloat(head, 64)
		if err != nil {
			continue
		}
		w.value = v
		for _, form := range fields[1:] {
			var key []byte
			for _, c := range form {
				key = fold.Append(key, c)
			}
			if _, taken := f.words[string(key)]; taken {
				continue
			}
			f.words[string(key)] = w
			if len(key) > 1 {
				f.begins[key[0]][key[1]>>6] |= 1 << (key[1] & 63)
			}
		}
	}
	return f
}

var (
	frenchWords  = sync.OnceValue(func() *foreign { return newForeign(frenchNumbers, writing{}) })
	spanishWords = sync.OnceValue(func() *foreign { return newForeign(spanishNumbers, writing{compound: true}) })
	germanWords  = sync.OnceValue(func() *foreign { return newForeign(germanNumbers, writing{compound: true}) })
	russianWords = sync.OnceValue(func() *foreign { return newForeign(russianNumbers, writing{compound: true}) })
	turkishWords = sync.OnceValue(func() *foreign { return newForeign(turkishNumbers, writing{compound: true}) })
	persianWords = sync.OnceValue(func() *foreign { return newForeign(persianNumbers, writing{compound: true, waw: true}) })
	urduWords    = sync.OnceValue(func() *foreign { return newForeign(urduNumbers, writing{waw: true}) })
	hindiWords   = sync.OnceValue(func() *foreign { return newForeign(hindiNumbers, writing{}) })
	hebrewWords  = sync.OnceValue(func() *foreign { return newForeign(hebrewNumbers, writing{prefixed: true}) })
	pashtoWords  = sync.OnceValue(func() *foreign { return newForeign(pashtoNumbers, writing{compound: true}) })
	kurdishWords = sync.OnceValue(func() *foreign { return newForeign(kurdishNumbers, writing{compound: true, waw: true}) })
	chineseWords = sync.OnceValue(func() *foreign { return newForeign(chineseNumbers, writing{}) })
)

// words gives what is known of a language, nil for nothing.
func (l Language) words() *foreign {
	switch l {
	case LanguageFrench:
		return frenchWords()
	case LanguageSpanish:
		return spanishWords()
	case LanguageGerman:
		return germanWords()
	case LanguageRussian:
		return russianWords()
	case LanguageTurkish:
		return turkishWords()
	case LanguagePersian:
		return persianWords()
	case LanguageUrdu:
		return urduWords()
	case LanguageHindi:
		return hindiWords()
	case LanguageHebrew:
		return hebrewWords()
	case LanguageChinese:
		return chineseWords()
	case LanguagePashto:
		return pashtoWords()
	case LanguageKurdish:
		return kurdishWords()
	}
	return nil
}
