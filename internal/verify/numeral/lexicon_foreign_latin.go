package numeral

// Languages in Latin letters; lexicon_foreign.go says how the tables are read.

const frenchNumbers = `
0 zéro
@ décennie décennies
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
@ década décadas decenio decenios
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
@ jahrzehnt jahrzehnte jahrzehnten
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
- e en es em te ten ter tes tem ste sten ster stes stel tel jährige jährigen jähriger jähriges jährig fach fache fachen mal malige maligen er ern köpfige köpfigen monatige monatigen monatiger tägige tägigen tägiger wöchige wöchigen stündige stündigen stöckige stellige stelligen minütige minütigen prozentige prozentigen teilige teiligen zylinder meter jahre
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
