package name

import (
	"strings"
	"sync"
)

// surnameLines are common surnames that look like other words: that end as the
// names of trades and peoples do, or are made of two ordinary words. Surnames
// that are ordinary words themselves are not among them. Own compilation.
const surnameLines = `
reynolds williams jones davis evans roberts hughes edwards collins phillips richards andrews stevens matthews rogers simmons jenkins perkins hawkins
watkins hopkins dickens adams harris morris lewis davies owens sanders saunders walters myers ayers daniels michaels samuels jacobs isaacs abrams burns
barnes byrnes hayes reyes flores torres morales rosales gonzales vargas rojas salas dias fernandes gomes lopes rodrigues alves nunes soares tavares
nieves cortes cervantes santos ramos campos papadopoulos stavropoulos onassis varoufakis tsipras mitsotakis samaras knowles
baxter schneider mueller muller keller weber wagner bauer kruger kroger zimmer meyer meier maier mayer fischer becker geller heller adler wexler kessler
ziegler spengler brewster webster lester hester leicester dexter kirchner werner wiener forster vandermeer kushner schroeder snyder geiger kaepernick
shearer federer ballmer spitzer schumer palmer cramer kramer homer taylor naylor proctor connor trevor okafor kapoor windsor gregor mcgregor
bergman zimmerman ackerman altman bateman beckman bowman brennan chapman coleman cushman eastman feldman friedman furman goldman goodman grossman guzman
hartman hoffman hoffmann huffman kaufman kaufmann lehman lieberman newman norman rahman redman rodman sherman silverman wasserman whitman wiseman zuckerman
bouchard pritchard prichard godard renard bernard leonard gerrard goddard haggard hubbard ballard pollard dillard willard woodard stoddard maynard blanchard
vincent laurent sargent bryant durant conant creed mohammed ahmed sayed fleming harding browning manning spalding golding channing dowling rawlings hastings
cummings jennings billings pickering djokovic stankovic milosevic ibrahimovic mladic karadzic vucic modric rakitic neal nadal pascal kendal faisal mittal
agarwal parrish banerjee mukherjee chatterjee reese underwood blackwood eastwood westwood lockwood atwood garwood norwood smallwood greenwood sherwood
blackwell bothwell maxwell caldwell boswell cromwell hartwell rockwell stockwell orwell powell whitfield mayfield garfield hatfield sheffield butterfield
wakefield langford crawford bradford stanford sanford hanford clifford radford rutherford telford winslow barlow ludlow marlow harlow ashworth wordsworth
farnsworth haworth hutchinson hutchison waterhouse whitehouse strickland hoagland kirkland copeland blackburn cockburn hepburn fairbanks lightfoot goldsmith
armstrong hathaway holloway galloway conway bridgewater templeton clinton hamilton middleton pemberton singleton langston winston houston huston johnston
thurston thornton norton horton morton burton barton fenton benton newton dalton walton hilton milton wilton fulton skelton shelton appleton hampton compton
crompton stockton hampton gupta chang wang huang zhang okonjo robinson dickinson jackson larson larsson carlsson eriksson andersson sinclair montgomery
`

// surnames holds surnameLines.
var surnames = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 512)
	for w := range strings.FieldsSeq(surnameLines) {
		m[w] = true
	}
	return m
})
