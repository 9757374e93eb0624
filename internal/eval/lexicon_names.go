package eval

import "strings"

// The names to look for and to put in the place of others. Own compilation; it
// shares nothing with the tables of internal/verify on purpose.

// nation is a country with its adjective and the word for its people.
type nation struct{ country, adjective, people string }

// nations are those that newsrooms name most; aliases stand in nationAliases.
func nations() []nation {
	var all []nation
	for line := range strings.SplitSeq(strings.TrimSpace(nationLines), "\n") {
		for entry := range strings.SplitSeq(line, ";") {
			parts := strings.Split(strings.TrimSpace(entry), ",")
			if len(parts) == 3 {
				all = append(all, nation{parts[0], parts[1], parts[2]})
			}
		}
	}
	return all
}

const nationLines = `
France,French,; Germany,German,Germans; Italy,Italian,Italians; Spain,Spanish,Spaniards; Portugal,Portuguese,; Britain,British,Britons; Ireland,Irish,
Scotland,Scottish,Scots; Wales,Welsh,; England,English,; Norway,Norwegian,Norwegians; Sweden,Swedish,Swedes; Denmark,Danish,Danes; Finland,Finnish,Finns
Poland,Polish,Poles; Hungary,Hungarian,Hungarians; Austria,Austrian,Austrians; Switzerland,Swiss,; Belgium,Belgian,Belgians; Greece,Greek,Greeks
Romania,Romanian,Romanians; Bulgaria,Bulgarian,Bulgarians; Serbia,Serbian,Serbs; Croatia,Croatian,Croatians; Macedonia,Macedonian,Macedonians; Albania,Albanian,Albanians
Russia,Russian,Russians; Ukraine,Ukrainian,Ukrainians; Belarus,Belarusian,Belarusians; Turkey,Turkish,Turks; Cyprus,Cypriot,Cypriots; Iceland,Icelandic,Icelanders
China,Chinese,; Japan,Japanese,; India,Indian,Indians; Pakistan,Pakistani,Pakistanis; Bangladesh,Bangladeshi,Bangladeshis; Afghanistan,Afghan,Afghans
Iran,Iranian,Iranians; Iraq,Iraqi,Iraqis; Syria,Syrian,Syrians; Lebanon,Lebanese,; Israel,Israeli,Israelis; Egypt,Egyptian,Egyptians
Libya,Libyan,Libyans; Tunisia,Tunisian,Tunisians; Algeria,Algerian,Algerians; Morocco,Moroccan,Moroccans; Sudan,Sudanese,; Ethiopia,Ethiopian,Ethiopians
Somalia,Somali,Somalis; Kenya,Kenyan,Kenyans; Nigeria,Nigerian,Nigerians; Ghana,Ghanaian,Ghanaians; Senegal,Senegalese,; Zimbabwe,Zimbabwean,Zimbabweans
Yemen,Yemeni,Yemenis; Kuwait,Kuwaiti,Kuwaitis; Bahrain,Bahraini,Bahrainis; Qatar,Qatari,Qataris; Oman,Omani,Omanis
Indonesia,Indonesian,Indonesians; Malaysia,Malaysian,Malaysians; Thailand,Thai,Thais; Vietnam,Vietnamese,; Cambodia,Cambodian,Cambodians; Myanmar,Burmese,
Mongolia,Mongolian,Mongolians; Nepal,Nepalese,; Singapore,Singaporean,Singaporeans; Australia,Australian,Australians
Canada,Canadian,Canadians; America,American,Americans; Mexico,Mexican,Mexicans; Cuba,Cuban,Cubans; Jamaica,Jamaican,Jamaicans; Haiti,Haitian,Haitians
Brazil,Brazilian,Brazilians; Argentina,Argentine,Argentines; Chile,Chilean,Chileans; Peru,Peruvian,Peruvians; Colombia,Colombian,Colombians
Venezuela,Venezuelan,Venezuelans; Bolivia,Bolivian,Bolivians; Ecuador,Ecuadorian,Ecuadorians; Uruguay,Uruguayan,Uruguayans; Paraguay,Paraguayan,Paraguayans`

// nationAliases are other words by which a text may mean the same.
func nationAliases() map[string]string {
	return map[string]string{
		"Britain": "UK United Kingdom England English London Britain British Briton Britons", "England": "UK Britain British English Briton Britons",
		"Scotland": "Scotland Scottish Scots Scot UK", "Wales": "Wales Welsh UK", "America": "US USA United States American Americans Washington",
		"Iran": "Persia Persian Tehran", "Myanmar": "Burma Burmese Myanmar", "Russia": "Moscow Kremlin Soviet Russian", "China": "Beijing Chinese",
		"Spain": "Spaniard Spaniards Spanish", "Poland": "Pole Polish Poles", "Sweden": "Swede Swedish", "Denmark": "Dane Danish", "Finland": "Finn Finnish",
		"Turkey": "Turk Turks Turkish Türkiye", "Macedonia": "Macedonia Macedonian Skopje", "Israel": "Israel Israeli Jewish Jerusalem", "Serbia": "Serb Serbs Serbian",
	}
}

const cityLines = `Vienna;Lisbon;Nairobi;Toronto;Manila;Warsaw;Budapest;Caracas;Bangkok;Jakarta;Tripoli;Seattle;Manchester;Barcelona;Melbourne;Kabul;Mosul;Aleppo;Karachi;Chicago;
Dresden;Lyon;Kyoto;Berlin;Hamburg;Munich;Frankfurt;Rome;Milan;Naples;Turin;Venice;Madrid;Seville;Valencia;Porto;Dublin;Belfast;Edinburgh;Glasgow;Aberdeen;Liverpool;Leeds;Bristol;
Nottingham;Sheffield;Birmingham;Cardiff;Newcastle;Brussels;Antwerp;Amsterdam;Rotterdam;Copenhagen;Stockholm;Oslo;Helsinki;Athens;Istanbul;Ankara;Izmir;Moscow;Kiev;Kyiv;Minsk;
Prague;Belgrade;Zagreb;Sarajevo;Skopje;Sofia;Bucharest;Geneva;Zurich;Basel;Cairo;Alexandria;Khartoum;Casablanca;Rabat;Tunis;Algiers;Beirut;Damascus;Homs;Amman;Baghdad;Basra;
Erbil;Tehran;Isfahan;Riyadh;Jeddah;Doha;Dubai;Sanaa;Aden;Muscat;Islamabad;Lahore;Delhi;Mumbai;Kolkata;Dhaka;Kathmandu;Colombo;Beijing;Shanghai;Shenzhen;Guangzhou;Wuhan;
Tokyo;Osaka;Hiroshima;Seoul;Pyongyang;Hanoi;Sydney;Brisbane;Perth;Auckland;Wellington;Lagos;Abuja;Accra;Dakar;Johannesburg;Harare;Kampala;Mogadishu;Boston;Philadelphia;
Detroit;Houston;Dallas;Denver;Phoenix;Miami;Atlanta;Baltimore;Cleveland;Memphis;Nashville;Orlando;Tampa;Portland;Montreal;Vancouver;Ottawa;Havana;Lima;Bogota;Quito;Santiago;
Paris;London;Palu;Wembley;Brighton;Belfast;Hull;Bradford;Leicester;Cologne;Leipzig;Marseille;Toulouse;Bordeaux;Florence;Washington;Las Vegas;San Diego;San Francisco;
Los Angeles;New York;New Orleans;Salt Lake City;Baton Rouge;Hong Kong;Tel Aviv;Abu Dhabi;Cape Town;Buenos Aires;Rio de Janeiro;Mexico City;Kuala Lumpur`

const stateLines = `Alabama;Alaska;Arizona;Arkansas;California;Colorado;Connecticut;Delaware;Florida;Hawaii;Idaho;Illinois;Indiana;Iowa;Kansas;Kentucky;Louisiana;Maine;Maryland;
Massachusetts;Michigan;Minnesota;Mississippi;Missouri;Montana;Nebraska;Nevada;Ohio;Oklahoma;Oregon;Pennsylvania;Tennessee;Texas;Utah;Vermont;Wisconsin;Wyoming;Ontario;Quebec;
Manitoba;Alberta;Queensland;Tasmania;Cornwall;Yorkshire;Kent;Bavaria;Saxony;Catalonia;Sicily;Punjab;Kashmir;Sonora;Sulawesi;West Virginia;North Carolina;South Carolina;New Jersey`

// orgLines are organisations, a class a line: one is exchanged for another of
// its class.
const orgLines = `Google;Facebook;Amazon;Microsoft;Twitter;Samsung;Toyota;Volkswagen;Boeing;Airbus;Siemens;Gazprom;Huawei;Nissan;Netflix;Uber;Tesla;Renault;Intel;IBM;Sony;Nokia;ExxonMobil;Walmart;Tesco;YouTube;Instagram;Snapchat;Ikea;Pfizer;Nestle;Vodafone;Lufthansa;Ryanair;Emirates Airlines
Reuters;Bloomberg;Fox News;Sky News;Al Jazeera;Le Monde;Der Spiegel;Haaretz;Politico;the Washington Post;the New York Times;the Guardian;the Financial Times;the Wall Street Journal;USA Today;Xinhua;BBC;CNN;NBC;CBS;ABC;ITV
Liverpool;Chelsea;Arsenal;Everton;Juventus;Real Madrid;Celtic;Manchester United;Manchester City;Bayern Munich;Tottenham;Villarreal;Benfica;Ajax;Porto;Sevilla;Napoli;Leverkusen;Aston Villa;Crystal Palace
NATO;UNICEF;UNESCO;OPEC;Interpol;the World Bank;the African Union;the Arab League;the European Union;the United Nations;the World Health Organization;the International Monetary Fund;the World Trade Organization;the EU;the UN;the G20
Oxfam;Greenpeace;Amnesty International;Human Rights Watch;Save the Children;World Vision;Transparency International;the Red Cross;the Red Crescent;the World Wildlife Fund
Hamas;Hezbollah;Boko Haram;al-Shabaab;Fatah;the Taliban;the Muslim Brotherhood
Scotland Yard;Mossad;the FBI;the CIA;the NSA;the Pentagon;the Kremlin;the Treasury
Harvard University;Oxford University;Cambridge University;Stanford University;Yale University;Columbia University;Princeton University;Cornell University;Carnegie Mellon University;Heidelberg University;West Virginia University`

const (
	menLines = `James John Robert Michael William David Richard Thomas Charles Daniel Matthew Anthony Mark Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy
Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Frank Alexander Raymond Patrick Jack Dennis Jerry Tyler Aaron Jose Henry
Adam Douglas Nathan Peter Zachary Kyle Walter Harold Jeremy Ethan Carl Keith Roger Gerald Christian Terry Sean Arthur Austin Noah Lawrence Jesse Joe Bryan Billy Jordan Albert Dylan Bruce
Willie Gabriel Alan Juan Logan Wayne Ralph Roy Eugene Randy Vincent Russell Louis Philip Bobby Johnny Bradley Simon Chris Luke Ian Neil Graham Stuart Craig Alex Liam Connor Glenn Kenny Tommy
Sergio Francesco Carlos Luis Miguel Pedro Antonio Marco Giovanni Lars Henrik Jens Hans Klaus Jürgen Pierre Jacques Emmanuel Jean Vladimir Sergei Dmitry Ivan Boris Mikhail Ahmed Mohammed Ali
Hassan Omar Yusuf Ibrahim Khalid Mustafa Tariq Imran Rajesh Narendra Hiroshi Kenji Declan Alasdair Evo Roberto Andres Brett Dustin Jim Mike Rory Jon Nelson Shawn Wayde Nigel Boris Tony Gordon`
	womenLines = `Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Margaret Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Dorothy Melissa Deborah
Stephanie Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma Nicole Helen Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Diane
Ruth Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan Andrea Cheryl Hannah Jacqueline Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice Jean
Abigail Alice Julia Judy Sophia Grace Denise Amber Doris Marilyn Danielle Beverly Isabella Theresa Diana Natalie Brittany Charlotte Marie Kayla Alexis Lori Claire Fiona Dianne Elin Tiffany
Hillary Dolly Aulia Olivera Fatima Aisha Leila Layla Zainab Mariam Noor Yasmin Ingrid Astrid Greta Chiara Giulia Carmen Lucia Natasha Olga Svetlana Yuki Naomi Priya Indira Emily Lindsey Jo`
	surnameLines = `Thompson Anderson Hernandez Kowalski Yamamoto Petrov Lindqvist Okafor Fitzgerald Delgado Nakamura Schneider Moreau Rossi Khalil Mansour Haddad Barzani Sokolov Jensen Murphy
Campbell Patterson Rodriguez Novak Tanaka Bergman Abdullahi Chaudhry Banerjee Wickham Donovan Harrington Baptiste Ferreira Vasquez Kruger Zielinski Underwood Blackwell Callaghan Castellano Dubois
Eriksen Fontaine Gallagher Hashemi Ivanova Jankowski Kapoor Larsson McKenzie Nguyen Olufemi Papadopoulos Quintana Ramirez Stankovic Takahashi Urquhart Vandermeer Whitfield Yilmaz Zimmerman Ashworth
Bukowski Cavendish Demirel Escobar Farooqi Gutierrez Hoffmann Iqbal Jacobsen Kaczmarek Lombardi Mitchell Nasser Ortega Pemberton Rasmussen Salgado Thornton Velasquez Weatherby Bouchard Chang Fraser
Grimaldi Horvath Kimura Lefevre Montgomery Obama Pritchard Reynolds Sullivan Templeton Vance Winslow Gomez Baxter Crawford Dawson Ellison Forsyth Hutchinson Knowles Langford Maddox Prescott Sinclair`
)

// notSurnames are second words of names that are no people.
const notSurnames = `Street Road Avenue Lane Park Cup University College School Hospital Church House Palace Bridge River Lake Bay Beach Island County City Town Village Square Station Airport Stadium
Arena Hotel Club Team Party Group Company Bank Court Council Committee Commission Department Ministry Office Agency Institute Foundation Association Union Award Prize Festival Museum Theatre Theater
Center Centre Tower Act Bill Law Treaty War Day Week Month Year Times Post News Journal Star Sun Mail Press Magazine Show Game Games Open League Championship Champions Tournament Series Trophy
Minister President Secretary Senator Judge Governor Democrat Republican Conservative Labour State States Kingdom Republic English Health Medical Police Fire Force Island Islands Mountain Valley
Field Fields Gardens Garden Hall Room Assembly Motors Electric Election Elections Manager Mills Staff Counsel Attorney Christmas Mayor Chief Justice Defense Defence Prosecutor Strike World National International Global American European Building Plaza Terrace Bestwood The`
