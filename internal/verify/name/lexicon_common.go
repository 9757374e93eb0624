package name

import (
	"strings"
	"sync"
)

// commonWords are English words that names of institutions, works and events
// are made of, and words that sentences and quotations begin with. They are
// translated, and so are not looked for by sound. Own compilation.
const commonWords = `
ballon gorge latin nobility monastic vow vows huguenot huguenots gothic doomsday eurosceptic eurosceptics brexiteer brexiteers farmer insta mauls
a abou about above absolutely abu abuse academic academy accept access accident accord according accords account accused achieve across act activist
activists activity actor actress acts actual actually ad additionally administration admiral adult advanced advent adventure advice adviser advisor
affair affairs afraid after afterward afterwards again against age agency agent agents aggressive ago agree agreement agricultural agriculture ah ai
aid aids aim air aircraft airline airlines airport airstrike airstrikes airways al alarm album alcohol alien alienating alive all alliance allied
almost alone along also alternative although always am amateur amazing ambassador ambition ambulance amendment amid among amount an analysis analyst
analysts ancient and angel angels anger angle angry animal animals announce annual another answer anti anxiety any anybody anyone anything apart
apartment apparent apparently appeal appeals appear approach approve approximately apr april ar archbishop archive are area areas arena argue army
around arrest arrested arrival arrive art article artificial artist arts as asap ash aside ask asked asking asks assembly asset assets assist
assistant association assume at athletics atm attack attacks attempt attend attitude attorney attract audience audit aug august author authorities
authority auto automatic autumn avengers avenue average avoid awake award awards aware away awful ayatollah az baby bachelor back background bad bag
bail balance ball balloon ballot ban band bank banks banner bar baron baroness barrel barrels barrier base baseball baseline bases basic basically
basis basket basketball bat bath bathroom battle bay be beach bear beat beautiful beauty because bed bedroom beef been beer before began begin behave
behavior behaviour behind being belief believe bell bells belong below belt ben bench benefit benefits besides best bet betrayal better between beyond
bible bid big biggest bike bill billion bin bint biological bird birth birthday bisexual bishop bitter black blame blank blast bless blessing blind
block blood blow blue board boat body bold bomb bombing bombings bond bonds bone bonus book books border borders bore born borough borrow boss both
bottle bottom bounce bound bowl box boxing boy boycott boys brain branch brand brave bread break breakfast breaking breath breathe bride bridge brief
briefing bright brilliant bring brings broadcast broadcasting broken bronze brother brotherhood brothers brought brown bst budget bug build building
builds built bull bullet bulls bunch bureau burger burn burning burst bury bus business businesses busy but butter button buy buying by bye cabinet
cable cafe cage cake calculate calendar call called calls calm came camera camp campaign camps can canal cancel cancer candidate candidates capable
capacity cape capital capt captain car carbon cardinal care career careful cargo carnival carry cars cartoon case cases cash cast castle casual cat
catch cathedral cause caution cd celebrate celebrity cell cent center central centre cents century ceo cereal ceremony certain certainly cfo chain
chair chairman chairwoman challenge challenger champion champions championship championships chance chancellor change channel chapter character
characters charge charges charity charter chase cheap cheat check cheer cheese chemical chemistry chicken chief chiefs child children choice choose
christmas chronicle church circle circuit circus citizen citizens citizenship city civic civil civilian civilians claim claims clash class classic
classical classroom clean clear clearly clerk clever click client cliff climate climb clinic clinical clock close closed closing cloth clothes
clothing cloud club clue co coach coal coalition coast coat cocktail code coffee col cold collapse collar colleague collect collection collective
college colonel colony color colour column combat combine come comedy comes comfort comic comics coming command commander comment commerce commercial
commission commit commitment committee common communicate communications communist communists community companies companion company compare compete
competition complain complaint complete complex comply computer computers concept concern concerning concert conclude concrete condition conduct
confederation conference confidence confident confirm conflict confront congratulations congress congressman congresswoman connect connection conquer
conscious consensus consent consequently conservative conservatives consider consistent constable constant constitution constitutional construct
consul consult consumer consumers contact contain contemporary content contest context continent continue contract contrast contribute control
controversial controversy convention conversation convert convict convince coo cook cooking cool cooperation cope copy core corn corner coronavirus
corp corporal corporation corps correct corrupt corruption cost costs costume cotton couch could council counsel count county couple courage course
court courts cousin cover coverage covid cow cpi crack cradle craft crash crazy cream create creation creative creator creature credit creek crew
cricket crime crimes criminal crisis critic critical criticism critics crop cross crossing crowd crown crucial cruel cruise crusade cry crystal cto
cultural culture cup cure curious currency current currently curse curtain curve custody custom customer customers cut cuts cyber cycle cycling
cyclone da dad daily damage dame dance dancer dancing danger dangerous dare dark darkness das data database date dating daughter dawn day days de dead
deadline deaf deal dealer dear death debacle debate debt dec decade december decide decision deck declaration decline decorate decrease deep deer
defeat defence defend defender defense deficit define definitely definition degree del delay delegate delegates delegation deliver delivery della
delta demand demands democrat democratic democrats demon demonstrators den denial deny depart department depend deploy deposit depression depth deputy
der describe desert deserve design designer desire desk despair desperate despite destination destroy destruction detail details detain detect
detective determine devastate devastating develop developer development device devices devil devote di dialogue diamond diary dictator did die died
dies diet differ difference different difficult dig digest digital dignity dinner diplomacy diplomat diplomatic diplomats direct direction director
directors dirt dirty disability disabled disagree disappear disaster discipline discount discover discovery discrimination discuss disease dish
dismiss disorder display dispute distance distant distinct distinguished distribute district disturb dive diverse diversity divide division divorce
diy dna do dock doctor doctors doctrine document documents does dog doing dollar dollars dolphin dolphins domestic dominant dominate donate donation
done donor door dos double doubt down downtown dozen dr draft drag dragon drama draw drawing dream dreams dress drink drive driver drivers driving
drone drones drop drought drown drug drugs dry du dual duchess due duke dump duo during dust duty dvd dwarf dwarfs dying dynamic dynasty each eagle
eagles ear earl earlier early earn earth earthquake ease east easter eastern easy eat eating echo ecology economic economist economists economy edge
edition editor edt educate education edwardian effect effective effort efforts eg egg ego eight eighteen eighth eighty either el elder elderly eldest
elect election elections electoral electric electrical elegant element elephant elite elizabethan email embassy embrace emerge emergency emir emotion
emotional emperor empire employ employee employees employer employment empower empty enable encounter encourage end ended ending endless ends enemies
enemy energy enforce enforcement engage engine engineer engineering english enhance enjoy enlightenment enormous enough ensure enter enterprises
entertainment entire entrance entry environment environmental envoy epidemic equal equality equation equipment equity era error escape essential est
establish estate etc eternal ethic ethics ethnic euro eve even evening event events eventually ever every evidence evil evolution ex exact exactly
exam examine example excellence excellent except exception excess exchange excite exciting exclude exclusive excuse execute execution executive
exercise exhibit exhibition exile exist existing exit exotic expand expansion expect expectations expel expense experience experiment expert experts
explain explode explore explorer explosion export exports expose exposure express extend extra extraordinary extreme eye eyes fabric face facility
factor factory fail failed failure fair fairy faith fake falcon fall falling falls false fame familiar family famous fan fans fantastic fantasy faq
farm farmers farms fashion fast fastest fat fatal fate father fault favor favorite favour fear fears feature feb february federal federation fee feed
feel feeling feelings fellow female feminist fence festival fever few fewer fiction field fierce fifteen fifth fifty fight fighter fighters fighting
figure figures file files fill film filming films filter final finally finals finance financial find finding finds fine finest finger finish fire firm
firms first fish fishing fit fitness five fix flag flags flash flat flavor flee fleet flesh flight flights flood floods floor flow flower flu fly
flying focus folk follow following food fool foot football for force forces forecast forecasters foreign forest forever forget forgive form formal
former formula fortunately fortune forty forum forward found foundation founder founding four fourteen fourth fraction frame framework fraud free
freedom freeze frequency fresh fri friday friend friendly friends friendship from front frontier fruit fuel full fun function fund funeral funny
furthermore fury fusion future gain galaxy gallery gamble game games gang gap garage garden gardens gas gate gates gather gave gay gaze gazette gdp
gear gen gender gene general generals genetic genius gentle gentlemen genuine get getting ghost giant giants gift girl girls give given gives giving
glad glass global globe glory gmt go goal goalkeeper goals god goddess goes going gold golden golf gone good goodbye goodness got government
governments governor governors gps grace grade graduate grain grammar grand grandfather grandmother grant grass grave gravity gray great greater
greatest greed green greens greeting grey grief grocery gross ground grounds group grow growing growth guarantee guard guardian guards guest guide
guideline guilt guilty guitar gulf gun guns habit had hair half hall halloween halt hammer hand handle hands handsome hang happen happiness happy
harassment harbor harbour hard hardest harm harmony harsh harvest has hate hatred have haven having hawk hazard he head headline headlines headmaster
headmasters headmistress headmistresses headquarters heal health healthy hear heard hearing heart heat heaven heavy heel height held helicopter
helicopters hell hello helmet help helping helps hence her herald here heritage hero heroes hidden hide high highest highlight highlights highway hill
hills him hint hip hire his historic historical history hit hits hiv hobby hockey hold holding holdings holds hole holiday holy home homeland homeless
homes honest honesty honor honour hook hope hopes horizon horn horror horse hospital hospitals host hostage hostages hot hotel hour house household
houses housewife housing how however hr hug huge human humanitarian humanity humor humour hundred hundreds hunger hungry hunt hunter hurricane hurry
hurt husband hybrid hypothesis i ibn ice icon iconic id idea ideal identify identity ideology idol ie if ignore ii iii ill illegal illness image
images imagination imagine imam immediate immigrant immigrants immigration immune impact impeachment imperial implement implication import importance
important importantly imports impose impossible impression improve in inc incident include including income increase incredible indeed independence
independent independents index indicate individual indoor industrial industries industry infection inflation influence influencer influenza inform
information infrastructure initial initially initiative injure injury inner innocent innovation input inquest inquiry inquisition insect inside
insider insight insist inspect inspection inspector inspiration inspire install instant instead instinct institute institution instruction instrument
insult insurance integrate integrity intellectual intelligence intend intense intent inter interaction interest interestingly interior internal
international internet interpret interrogation interrupt intervention interview intimate into introduce introduction invade invasion invent invention
invest investigate investigation investigators investment investor investors invisible invitation invite involve ipo iron is islamic island islands
isle issue issues it item items its iv jail jan january jealous jersey jet jets job jobs join joint joke journal journalist journey joy jr judge
judges judgment judiciary juice jul july jump jun june jungle junior jury just justice justices keen keep keeping keeps kept key kick kid kids kill
killed killing kills kind king kingdom kiss kitchen knee knew knife knight knights knock know knowing knowledge known knows la label labor laboratory
labour labourites lack lad ladies lady lake land landing landmark lands landscape landslide language languages lap laptop large largest las laser last
late later latest laugh launch laundry law lawmaker lawmakers lawn laws lawsuit lawyer layer lazy le lead leader leaders leadership leading leads leaf
league leak leap learn learning lease least leather leave leaves lecture led left legacy legal legend legends legislation legislative legislator
legislators legitimate leisure lemon lend length lent les lesbian less lesson lessons let lets letter letters level lgbt lgbtq liberal liberals
liberties liberty library licence license lie lies lieutenant life lifestyle lifetime lift light lightning like liked likely likes likewise limit
limited limits line lines link lion lip list listen literature litter little live lived lives living load loan lobby local locate location lock logic
lonely long longest look looked looking looks loose lord lorry los lose loses loss losses lost loud lounge love lovely lover lovers loves low lower
lowest loyal loyalty lt ltd luck luckily lucky lunch luxury machine machines macro made magazine magic magnificent maid mail main maintain maintenance
maj majesty major majority make makes making male mall man manage manager mandate manifesto manner manual manufacture many mar marathon march margin
marine marines mark market markets marks marriage married marry marshal martial martyr martyrs mask mass massacre massive master masters match mate
material math matter mature max maximum may maybe mayor mayoral me meal meaning means meanwhile measure measures meat mechanism medal media mediator
medical medicine medieval meet meeting meets mega melt member members membership memo memorial memories memory men mental mentor merchant mercy mere
merge merger mess message messages messenger met metal method metro metropolitan micro mid middle midfield midfielder midnight midterm midterms might
migrant migrants migration mile miles militant militants military militia militias milk mill million mills mind mine mineral mines mini minimum mining
minister ministers ministry minor minority miracle mirror miss missile missiles mission missions mistake mix mixed mob mobile mode model models
moderate modern modest moment mon monday monetary money monitor monitors monopoly monster monsters month monument moon moral morality more moreover
morning mortgage mosque most mother motion motive motor motors mount mountain mountains mouse mouth move moved movement moves movie movies moving mr
mrs ms much mug mullah multi muppet murder muscle museum mushroom music musical musician must mutual my mystery myth nail naked name names narrative
narrow nasty nation national nations nationwide native nativity natural nature naval navy near nearest nearly neat necessary neck need needed needing
needs negative neglect negotiate negotiation negotiations negotiator neighbor neighborhood neighbour neighbours neither nervous nest net network
networks neutral never nevertheless new newcomer newest news newspaper next ngo ngos night nightmare nine nineteen ninety ninth no nobody noise
nominate nomination nominee non none nonetheless nor norm normal norms north northeast northern northwest nose not note notes nothing notice notion
nov novel november now nowhere nuclear nude number numbers nurse nurses nut oak oath object objective obligation observatory observe observer obstacle
obtain obvious obviously occasion occupation occupy ocean oct october odd of off offence offend offense offensive offer offering offers office officer
officers official officials often oh oil ok okay old older oldest olive olympic on once one ongoing onion online only onto opec open opera operate
operation operations operator opinion opponent opponents opportunity oppose opposite opposition option options or orange orbit orchestra order orders
ordinary organ organic organisation organization organize organizers origin original originally orphan other otherwise ought our out outbreak outcome
outdoor outer outlaw output outrage outside outsider outstanding oven over overall overcome overseas own owner owners oxygen pace pack package pact
page paid pain paint painter painting pair palace palm pandemic panel panic panther panthers paper papers parade paradise parallel parcel parent
parents parish park parking parliament parliamentary part partial participate particle parties partner partners partnership party passage passenger
passengers passion passive passport past pastor path patience patient patients patriot patriots patrol pattern pause pay paying payment pays pc peace
peaceful peach peak pen penalty peninsula pension people peoples pepper perceive percent perfect perform performance performer perhaps period
permanent permission permit persist person personal personality perspective pet petition petroleum phase phenomenon philosopher philosophy phone photo
photographer photography photos phrase physical physician physics piano pick picture pictures piece pig pile pill pillow pilot pilots pin pink pioneer
pipe pipeline pirate pirates pitch pizza place plain plan plane planet planets planner planning plant plants plastic plate platform play played player
players playing plays plaza please pleasure pledge plenty plot plunge plus pm pocket poem poet poetry point poison pole police policeman policemen
policies policy polite political politician politicians politics poll polls pollution pond pool poor poorest pope popular population port portrait
position positive possess possession possible possibly post pot potato potential pound pounds pour poverty power powers pr practical practice praise
pray prayer prayers pre precious predict prefer pregnancy pregnant prejudice premier premise premium preparation prepare presence present presentation
preserve presidency president presidential presidents presiding press pressure prestige presumably pretend pretrial pretty prevent prevention previous
previously price prices pride priest primary prime prince princess principle print printer prior priority prison prisoner prisoners privacy private
privilege prix prize pro probably problem problems procedure proceed process processing produce producer producers product production products prof
profession professional professor profile profit program programme programs progress progressive prohibit project projects prominent promise promising
promote promoted prompt proof proper property prophet prophets proportion proposal propose prosecutor prospect prosperity protect protection protein
protest protester protesters protests proud prove provide provider province provision provoke pst psychology public publication publicity publish
publisher pull pump punch punish punishment pupil pupils purchase pure purple purpose pursue pursuit push put puzzle quake qualification qualify
quality quantity quarter quarterback queen queer quest question questions queue quick quiet quit quote rabbi rabbit race races racial racing racism
racist radio rage raid raids rail railway railways rain raise rally ran ranger rangers rank ranking rape rapid rare rat rate rates ratio raw reach
react reaction read reader reading ready real reality realize really rear reason reasonable reasons rebel rebellion rebels rebuild recall receipt
receive recently reception recession recipe recognize recommend reconciliation reconstruction record recording records recover recovery recruit red
reduce reduction refer referee referendum reflect reform reformation reformer refuge refugee refugees refuse regard regarding regime region regional
regions register registry regret regular regulate regulation regulator regulators rehearsal reign reject relate relation relations relationship
relative relax release relevant reliable relief religion religious reluctant rely remain remainers remains remark remarkable remember remind remote
remove renaissance rent rep repair repeat replace reply report reporter reports representative representatives republic republican republicans
reputation request require requirement rescue research researchers reserve reservoir reset residence resident residential residents resign resignation
resist resistance resolution resolve resort resource resources respect respond response responsibility responsible rest restaurant restore restrict
result results retail retailer retailers retain retire retirement retreat return returns reunion reveal revenge revenue reverend reverse review
revolution revolutionaries revolutionary reward rhetoric rhythm rice rich richest ride rider riders riding rifle right righteous rights ring rings
riot riots rise rising risk risks ritual rival rivals river road robbery robot robots rock rocket rockets rocks role roll romance romantic roof room
root roots rope rose rough roughly round route routine row royal rubber rubbish rugby ruin ruins rule ruler rules ruling rumor run running runs rural
rush sabbath sack sacred sacrifice sad sadly safe said sail sailor sailors saint sake salad salary sale sales salmon salt salvation same sample san
sanction sanctions sand sandwich santa sat satan satellite satisfaction satisfy saturday sauce savage save saving savings saw say saying says scale
scandal scare scenario scene schedule scheme scholar scholars school schools science sciences scientist scientists scope score scores scream screen
screening script scripture sculpture sea seafood seal search season seat seats second secret secretaries secretary secrets sect section sector secular
secure security see seed seeing seek seem seen sees seize select selection self sell selling semi semifinal sen senate senator senators send senior
sense sensitive sentence sep separate sept september sequence sergeant serial series serious servant serve service services session set sets settle
settlement settlements settler settlers seven seventeen seventh seventy several severe sex sexual sgt shade shadow shaikh shake shall shame shape
share shareholder shareholders shares shark sharks sharp she shed sheep sheet sheik sheikh shelf shell shelter shift shine ship shirt shock shoe shoes
shoot shooting shop shopping shops shore short shortage shot should shoulder shout show showed showing shows shut shutdown sick side siege sight sign
signal silence silent silk silly silver similar similarly simple simply sin since sing singer single sink sir sister site sites situation six sixteen
sixth sixty size skill skills skin skip sky slave slavery sleep slice slide slight slip slow small smallest smart smell smile smoke smoking smooth
snake snap snow so soap soar soars soccer social socialism socialist socialists society soft software soil solar sold soldier soldiers sole solid
solution solutions solve some somebody someone something sometimes somewhere son song songs sons soon sophisticated sore sorry sort soul sound soup
source sources south southeast southern southwest sovereign sovereignty space spare speak speaker speaking speaks special specialist species specific
spectacular speech speed spell spend sphere spider spill spin spirit spiritual split spoke spokesman spokespeople spokesperson spokeswoman sponsor
sport sports spot spread spring springs spy squad square squeeze sr st stability stable stadium staff stage stake stamp stand standard standards
standing stands star stars start started starting starts state statement states stateside station statistics statue status stay stays steady steal
steam steel step stick sticker still stimulus stir stock stocks stomach stone stood stop storage store stores stories storm storms story straight
strain strait strange stranger strategic strategist strategy stream street streets strength strengthen stress stretch strict strike striker strikes
striking string strip strong strongest structural structure struggle student students studies studio studios study stuff stupid style sub subject
submarine submit subsequent subsidy substance substitute suburb subway succeed success successful successor such sudden suffer suffering sufficient
sugar suggest suicide suit suite sultan sum summer summit sun sunday super superhero superintendent superior superpower superpowers supervisor
supplier supply support supporter supporters suppose supreme sure surface surgeon surgery surplus surprise surprisingly surrender surround
surveillance survey survival survive survivor survivors suspect suspects suspend suspicion sustain sustainable suv swallow swear sweep sweet swim
swimming swing switch sword symbol sympathy symptom synagogue syndrome system systems table tail take taken takes taking tale talent talk talked
talking talks tank tanks tap tape target task taste tax taxes taxi tea teach teacher teachers teaching team teams tear technical technique technology
teenager telegraph telephone television tell telling tells temperature temple temporary tempt ten tenant tend tender tennis tension tent tenth ter
term terminal terms terrible territories territory terror terrorism terrorist terrorists test testimony tests text than thank thanks thanksgiving that
the theater theatre theft their them theme then theory therapy there therefore these they thick thief thieves thin thing things think thinking thinks
third thirteen thirty this thoroughly those though thought thousand thousands threat threaten threatening threats three throat throne thrones through
throw thu thunder thur thurs thursday thus ticket tide tie tiger tight till timber time times tiny tip tire tissue title titles to tobacco today toe
together toilet told tolerance toll tomato tomorrow ton tone tongue tonight too took tool tools tooth top topic torch tories tornado torture tory
total touch tough toughest tour tourism tourist tourists tournament towel tower towers town toxic toy toys trace track tracker trade trader traders
tradition traditional traffic tragedy trail trailer train trainer training trans transaction transfer transform transgender transit transition
translate translation transmission transport transportation trap trauma travel traveler traveller treasure treasury treat treatment treaty tree trees
tremendous trend trends trial trials tribal tribe tribes tribunal tribune trick tried tries trillion trip triple triumph troop trooper troopers troops
trophy tropical trouble truck true trust truth try trying tsunami tube tudor tue tues tuesday tunnel turn turning turnout turns tv twelve twenty twice
twin twins twist twitterati two type typhoon typical ud ugly ul ultimate ultra um umbrella umm unable uncle under undergo undergoes undergraduate
undersecretary understand undertake unemployment unexpected unfortunately unhappy uniform union unions unique unit unite united unity universal
universities university unknown unless unlike unlikely unprecedented until unusual up update updates upon upper upset urban urge urgent us use used
user users uses using usual utc utility vacation vaccine vaccines vacuum valid valley valuable value values van vandal variable variety various vast
vegetable vehicle vehicles venture venue verdict verse version versus very vessel vessels veteran veterans viable vice victim victims victorian
victory video videos view viewer viewers village villain violate violence violent vip virtual virtue virus visible vision visit visitor visitors
visual vital vocal voice volcano volume voluntary volunteer volunteers von vote voter voters votes voting vr vs vulnerable wage wages wait waiting
wake walking wall wander want wanted wanting wants war warm warn warning warnings warrant warrior warriors wars was wash waste watch watchdog water
wave waves we weak wealth wealthy weapon weapons wear weather web wed wedding wednesday week weekend weekly weigh weight weird welcome welfare well
went were west western wet whale what wheat wheel wheelchair when where whereas whether which while whisper whistle white who whole whom whose why
wide widow width wield wife wild wildfire wildlife will willing win wind window windy wine wings winner winners wins winter wipe wire wisdom wise wish
with withdraw withdrawal within without witness witnesses wolf wolves woman women won wonder wonderful wood wooden wool word work worked worker
workers workforce working workplace works workshop world worldwide worry worse worship worst worth would wound wounded wrap write writer writing
written wrong wrote yacht yard year years yell yellow yes yesterday yet yield you young youngest youngster your youth youthful zero zone zones zoo
`

var common = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 2048)
	for w := range strings.FieldsSeq(commonWords) {
		m[w] = true
	}
	return m
})

// derivedEndings are endings of English words that are rarely those of names.
var derivedEndings = [...]string{
	"tion", "tions", "sion", "ment", "ments", "ness", "ship", "ance", "ances", "ence", "ences", "ology", "ological", "ical", "ally", "ously",
	"ful", "less", "ism", "isms", "ist", "ists", "ized", "ised", "izing", "ising", "ional", "ible", "ive", "ives", "ous", "ings", "ingly",
	"ity", "ities", "ware", "ogy", "graphy", "phone", "craft", "proof", "wide", "like", "ward", "wards", "able", "ially", "ively", "fully", "work", "works", "room", "book", "house", "keeper", "holder", "maker", "makers", "fighter", "fighters", "born", "based", "style", "era", "ation", "ary", "atory",
}

// plural reports the plural of one of the commonWords.
func plural(w string) bool {
	n := len(w)
	return n > 3 && w[n-1] == 's' && common()[w[:n-1]]
}

// inflected reports whether the word, in lower case, is a form of one of the
// commonWords.
func inflected(w string) bool {
	m := common()
	if m[w] {
		return true
	}
	if plural(w) {
		return true
	}
	for _, cut := range [...]string{"ed", "ing", "er", "ers", "ly", "es", "d", "r"} {
		stem, ok := strings.CutSuffix(w, cut)
		if n := len(stem); ok && n > 2 && (m[stem] || m[stem+"e"] || stem[n-1] == stem[n-2] && m[stem[:n-1]]) {
			return true
		}
	}
	return false
}

// derived reports whether the word has one of the derivedEndings.
func derived(w string) bool {
	if len(w) < 7 {
		return false
	}
	for _, e := range derivedEndings {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// compound reports a word made of two ordinary words: "crimestoppers".
func compound(w []byte) bool {
	for i := shortestName; i+3 <= len(w); i++ {
		if common()[string(w[:i])] && inflected(string(w[i:])) {
			return true
		}
	}
	return false
}

// placePrepositions stand before places.
var placePrepositions = map[string]bool{"in": true, "from": true, "near": true, "to": true, "outside": true, "around": true, "against": true, "at": true}

// particles stand within the names of people and places.
var particles = map[string]bool{"al": true, "el": true, "ash": true, "ad": true, "ar": true, "az": true, "bin": true, "ibn": true, "bint": true, "abu": true, "van": true, "von": true, "de": true, "della": true}

// sayingWords stand after people.
var sayingWords = map[string]bool{"said": true, "says": true, "told": true, "added": true, "announced": true, "warned": true, "stressed": true, "denied": true, "confirmed": true}

// titles stand before the names of people.
var titles = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("mr mrs ms miss dr prof professor rev reverend det sgt insp cllr pm mp sens reps sir lord lady king queen prince princess sheikh shaikh imam ayatollah pope bishop president minister premier chancellor secretary governor mayor senator sen representative rep speaker chairman general gen colonel col major captain capt lieutenant sergeant admiral commander judge justice ambassador coach doctor detective inspector spokesman spokeswoman spokesperson father sheriff pastor archbishop cardinal dame gov baroness lt") {
		m[w] = true
	}
	return m
})

// givenNames are given names that are ordinary words as well.
var givenNames = map[string]bool{
	"ben": true, "rose": true, "grant": true, "will": true, "mark": true, "rich": true, "guy": true, "bill": true, "frank": true,
	"rob": true, "jack": true, "dean": true, "max": true, "art": true, "ray": true, "drew": true, "chase": true, "hunter": true,
	"mason": true, "grace": true, "hope": true, "faith": true, "joy": true, "dawn": true, "bob": true, "sue": true, "pat": true,
	"abu": true, "ibn": true, "bin": true, "bint": true, "al": true, "el": true, "van": true, "von": true, "john": true, "mary": true,
	"paul": true, "peter": true, "george": true, "michael": true, "david": true, "joseph": true, "muhammad": true, "mohammed": true,
}
