package name

import (
	"strings"
	"sync"
)

// givenLines are given names of many countries as newsrooms write them, so that
// a person is told from an institution whatever stands around. Those that are
// ordinary words as well are among givenNames. Own compilation.
const givenLines = `
aaron abigail adam adrian agnes aidan alan albert alejandro alessandro alex alexander alexandra alexei alexis alfred alfredo alice alicia alina alison
allan allen allison amanda amber amelia amy ana anastasia anatoly anders andre andrea andreas andrei andres andrew andrey andy angel angela angelo
angus anita ann anna anne annie anthony antoine anton antonio antony ariana arnold arthur arturo ashley astrid audrey austin barack barbara barry bart
beatrice becky belinda benedict benjamin bernard bernardo bernie beth betty beverly bjorn bobby boris brad bradley brandon brenda brendan brent brett
brian bridget brooke bruce bruno bryan byron caitlin calvin cameron camilla camille carl carla carlo carlos carmen carol carole caroline carolyn carrie
catherine cathy cecilia cedric charles charlie charlotte chelsea cheryl chloe chris christian christina christine christoph christophe christopher
cindy claire clara clarence claude claudia clifford clinton colin connor conor constance corey courtney craig cristina curtis cynthia cyril daisy
damian damien daniel daniela danielle danny daphne darren darryl dave davide debbie deborah debra declan denis denise dennis derek desmond deval diana
diane dianne diego dieter dimitri dirk dmitri dmitry dolly dominic dominique donald donna dora doris dorothy douglas duncan dwayne dylan eamon eddie
edgar edith edmund eduardo edward edwin eileen elaine eleanor elena elias elijah elin elisabeth elise elizabeth ella ellen elliot elliott elon elsa
emil emilia emilio emily emma emmanuel emmanuelle enrique eric erica erik erika ernest ernesto esteban esther ethan eugene eva evan evelyn evo fabian
fabio federico felicity felipe felix ferdinand fernando fiona florian frances francesca francesco francis francisco franck francois frederic frederick
fredrik friedrich gabriel gabriela gabrielle gareth gary gavin gemma genevieve geoff geoffrey georg georgina gerald gerard gerhard gilbert giles
gillian gina giorgio giovanni giulia giuseppe glen glenda glenn gloria gordon graham gregor gregory greg greta guillaume guillermo gunther gustav
gustavo guido gwen hannah hans harald harold harriet harry harvey hassan hazel heather hector heidi heinrich helen helena helga helmut henri henrik
henry herbert hermann hilary hillary holly horst howard hubert hugh hugo ian ida ignacio igor ingrid irene irina iris isaac isabel isabella isabelle
ivan ivanka jackie jacob jacqueline jacques jaime jake jakob james jamie jan jane janet janice jared jasmine jason javier jay jean jeanne jeff jeffrey
jelena jennifer jenny jens jeremy jerome jerry jesse jessica jill jim jimmy joachim joan joanna joanne joao joaquin jody joe joel joerg johan johann
johanna johannes johnny johnson jon jonas jonathan jordi jorge jose josef josep josephine josh joshua jozef juan juana juanita judith judy julia julian
juliana julie julien juliet julio julius jurgen justin justine karen karim karin karl karla kate katharine katherine kathleen kathryn kathy katie katja
katrin katrina kay keith kelly ken kenneth kenny kerry kevin kieran kim kimberly kirsten klaus konrad konstantin kristen kristin kristina kurt kyle
lara larry lars laura lauren laurence laurent lawrence lea leah leanne lee leila lena leo leon leonard leonardo leonid leroy lesley leslie lewis liam
lily linda lindsay lindsey lionel lisa liz loretta lorraine louis louise luc luca lucas lucia luciano lucie lucy ludwig luigi luis luisa lukas luke
lydia lynn maddie madeleine magnus malcolm mandy manfred manuel manuela marc marcel marcelo marcia marco marcos marcus margaret margarita margot maria
mariana marianne marie marilyn marina mario marion marisa marjorie markus marlene marta martha martin martina marvin mateo mathias mathieu matilda
matteo matthew matthias matt maureen maurice mauricio mauro maxim maxime maximilian meghan megan melania melanie melissa melvin mercedes meredith mia
michaela michel michele michelle miguel mike mikhail mildred miles milos miranda miriam mitch mitchell molly monica monika morgan muriel nadine nancy
naomi natalia natalie natasha nathan nathalie nathaniel neil nelson nicholas nick nicola nicolas nicole nigel nikita niklas nikolai nikolas nils nina
noel nora norma norman olaf oleg olga oliver olivia olivier oscar oskar oswald otto owen pablo paco paige pamela paola paolo pascal patrice patricia
patrick patrik paula pauline pavel pedro peggy penelope penny percy petra petro philip philippa philippe phillip phil phoebe pierre pietro piers piotr
preston rachel rafael ralph ramon randall randy raphael raquel raul raymond rebecca regina reinhard renate rene rhys ricardo riccardo richard rick
ricky rita robert roberta roberto robin rocio roderick rodney rodrigo roger roland rolf roman romeo ron ronald ronnie rory rosa rosalind rosemary rosie
ross roxanne roy ruben rudolf rudy rufus rupert russell ruth ryan sabine sabrina sally salvador salvatore sam samantha sammy samuel sandra sandy sara
sarah sasha saul scott sean sebastian serena serge sergei sergey sergio seth shane shannon sharon shaun shawn sheila shelley sherry shirley sidney
siegfried sigrid silvia silvio simon simone sofia sonia sophia sophie spencer stacey stan stanislav stanley stefan stefano stella stephan stephanie
stephen steve steven stewart stuart susan susana susanne suzanne svein sven svetlana sylvia sylvie tamara tanya tara tatiana ted teddy terence teresa
terry thelma theo theodore theresa thibault thierry thomas tiffany tim timothy tina tobias todd tom tomas tommy toni tony tracey tracy trevor tristan
tyler ulrich ulrike umberto ursula valentina valentin valerie valery vanessa vera verne vernon veronica vicente vicki vicky victor victoria viktor
viktoria vince vincent vincenzo viola virginia vitali vivian vladimir volodymyr walter wanda warren wayne wendy werner wesley whitney wilfred wilhelm
willem william willie willy wilson winston wolfgang xavier yannick yasmin yolanda yulia yuri yves yvette yvonne zac zach zachary zoe zoran abbas abd
abdallah abdel abdelaziz abdelkader abdul abdulaziz abdullah abdulrahman adel adham adnan ahmad ahmed aisha akram alaa ali aliyah amal amani amer amin
amina amir amira ammar anas anwar asma asmaa ashraf aya ayman aziz bashar bashir basma bilal boutros dalal dalia dina ehab emad essam fadi fahad fahd
faisal fares farid faris farouk fatema fatima fatma fawzi fayez feras firas fouad fuad ghada ghassan habib hadi hadeel hafez haider haitham hala hamad
hamid hamza hanan hani hanna haroun hasan hashim hatem haya haytham hazem heba hicham hind hisham huda hussain hussein ibrahim ibtisam ihab iman imran
iyad ismail jaafar jabir jalal jamal jamil jamila jana jassim jawad kamal kamel karima khadija khaled khalid khalifa khalil layla lina lubna mahdi maha
mahmoud mahmud majed majid malak malik manal mansour mariam marwa marwan maryam maysa mohamad mohamed mohammad mohammed mona mostafa moussa muhammad
mujahid munir murad musa mustafa muhannad nabil nada nader nadia naguib nahla naima najib najwa nasser nawal nayef nazir nidal nizar noor noura nour
nouri omar osama othman qais qasim rabia rachid raed rafik raghad rahim raja rami rana rania rashid rasha raya rayan reem riad riyadh riyad rima rola
saad sabri sadiq saeed safa saif salah saleh salem salim salma salman salwa samar sameer sami samia samir samira sana sawsan sayed sayyid shaima shadi
sharif shireen siham soha suad sufyan suha suleiman sultan taha talal tamer tamim tarek tareq tariq tawfiq thamer wael wafa waleed walid wassim widad
yahya yara yasmine yasser yassin younes youssef yousef yusuf zaid zainab zaki zakaria zayed zayn zeinab ziad abebe adama akinwumi amara ama amadou
aminata awa babatunde boubacar chidi chinedu chukwuma emeka fatou ibrahima ifeoma ikechukwu kofi kwame kwesi mamadou mariama ngozi nkosana nnamdi
obinna olusegun oumar paulo sekou sipho tendai thabo uhuru yaya yoweri aiko aishwarya akira akihiro amit anand anil anjali arjun arun ashok deepak
deepika gaurav gita haruto hiroshi indira joko kavita kenji kenta kiran krishna kumar lakshmi li lakshman madhav makoto manish manoj meera mei mina
mohan mukesh narendra naoko neha nguyen nikhil pooja prabowo pradeep prakash priya priyanka raj rajesh rajiv rahul ramesh ravi rohit sachin sakura
sandeep sanjay satoshi shinji shinzo shreya srinivas subramanian suresh takashi takeshi tomoko vijay vikram vinod yoko yoshihide yuki yuko zhang
binyamin avi avigdor ehud eyal gideon hila itamar moshe naftali noa reuven shimon tzipi yair yitzhak yossi ahmet aylin ayse bulent burak cem deniz
emine emre erdem fatih hakan hulusi huseyin kemal kemalettin mehmet mevlut murat nihat recep selahattin serkan tayyip tansu turgut yasar ashkan babak
bahram behrouz dariush ebrahim farhad farzad hossein javad kaveh khosrow mahsa masoud mehdi mohsen mojtaba morteza narges parviz reza sepideh shahram
shirin zahra aleksandr alexey arkady artyom bogdan dmytro ekaterina evgeny fyodor galina gennady grigory katya kirill ksenia larisa lev lyudmila maksim
mykola nadezhda nikolay oksana oleksandr olena pyotr ruslan sergii tatyana vasily vitaly vyacheslav yana yaroslav yelena yevgeny zhanna agnieszka
andrzej beata dorota ewa grzegorz jaroslaw jerzy katarzyna krzysztof lech magdalena malgorzata marek mateusz miroslav tomasz wojciech zbigniew dragan
goran milorad nikola novak radovan slobodan vojislav zeljko attila ferenc gabor istvan janos laszlo zoltan mihai nicolae traian vlad giorgos kostas
nikos yannis aung ho jong imelda jair dilma evita nestor alvaro
`

// given holds givenLines.
var given = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 2048)
	for w := range strings.FieldsSeq(givenLines) {
		m[w] = true
	}
	return m
})

// institutionWords stand behind the name of a person that a street, a prize or
// a building bears; the name is then translated, explained or left out.
var institutionWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("street st road rd avenue ave lane drive square boulevard highway freeway foundation fund center centre hospital clinic university college school institute academy church cathedral mosque park garden gardens bridge station airport stadium arena theatre theater hall house prize award awards medal cup trophy day island islands river lake bay beach cape county city town village hotel museum library act law company group bank corporation inc ltd international airlines memorial tower building palace castle fort camp base field prison cemetery gallery studios records press times post herald tribune show report commission committee council association society union party festival mountain mountains canyon valley plaza") {
		m[w] = true
	}
	return m
})

// wellKnownLines are people whom texts name by their surname alone and whose
// given name every writer adds. Own compilation.
const wellKnownLines = `donald trump, melania trump, ivanka trump, joe biden, barack obama, hillary clinton, bill clinton, george bush, kamala harris, mike pence, mike pompeo, antony blinken, john kerry, john bolton, bernie sanders, elizabeth warren, nancy pelosi, mitch mcconnell, jimmy carter, ronald reagan, henry kissinger, elon musk, bill gates, jeff bezos, mark zuckerberg, robert mueller, brett kavanaugh, lindsey graham, marco rubio,
vladimir putin, sergei lavrov, dmitry medvedev, dmitry peskov, mikhail gorbachev, volodymyr zelensky, volodymyr zelenskiy, volodymyr zelenskyy, petro poroshenko, alexander lukashenko, alexei navalny, angela merkel, olaf scholz, emmanuel macron, nicolas sarkozy, marine pen, boris johnson, theresa may, david cameron, tony blair, margaret thatcher, rishi sunak, keir starmer, jeremy corbyn, winston churchill, antonio guterres, kofi annan, ursula leyen, josep borrell, jens stoltenberg, silvio berlusconi, giorgia meloni, viktor orban, pedro sanchez, charles gaulle, adolf hitler, joseph stalin,
recep erdogan, tayyip erdogan, hakan fidan, mevlut cavusoglu, benjamin netanyahu, yair lapid, ariel sharon, ehud barak, yitzhak rabin, mahmoud abbas, yasser arafat, ismail haniyeh, yahya sinwar, hassan nasrallah, bashar assad, hafez assad, saddam hussein, muammar gaddafi, muammar qaddafi, hosni mubarak, gamal nasser, anwar sadat, abdel sisi, fattah sisi, mohamed morsi, khalifa haftar, ali khamenei, hassan rouhani, ebrahim raisi, mahmoud ahmadinejad, qassem soleimani, nouri maliki, haider abadi, saad hariri, rafik hariri, michel aoun, nabih berri, najib mikati, walid jumblatt, omar bashir, abdelaziz bouteflika, abdelmadjid tebboune, kais saied, osama laden, zine ali,
narendra modi, imran khan, hamid karzai, ashraf ghani, xi jinping, shinzo abe, kim jong, moon jae, nelson mandela, cyril ramaphosa, jair bolsonaro, hugo chavez, nicolas maduro, fidel castro, lionel messi, cristiano ronaldo, mohamed salah, roger federer, rafael nadal, novak djokovic, serena williams, tiger woods, albert einstein, alfred nobel, karl marx, william shakespeare, martin luther, christopher columbus`

var wellKnown = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for pair := range strings.SplitSeq(wellKnownLines, ",") {
		m[strings.TrimSpace(pair)] = true
	}
	return m
})
