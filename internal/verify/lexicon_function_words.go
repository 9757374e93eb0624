package verify

import (
	"strings"
	"sync"
)

// The commonest short function words, own compilation. Words that stand in both
// English and another language tell little and are listed apart, save those
// that English uses far more often ("is", "for", "over" of Dutch and Danish).
// Particles also stand in names: "Charles de Gaulle".
const (
	englishFunctionWords = "the of and to for is that by with it his be are were has have had but not its they who been their she after which this said about into more than when out up would or over during other what where two one new while before between could if some against under did because there only being through those these our you your my can may should how them then from we us just also most many such still first last since both each much now make made get got like even back well very too own any off down here until around among within without including according says told people year years day week time three four five six another being does doing"
	sharedWords          = "a per in on an as at no so was will he me do man all her him am i"
	foreignFunctionWords = "les des et un une est dans pour que qui sur pas avec au aux ce cette sont plus par ne se il elle nous vous leur ses être été ont fait mais comme sans selon aussi ainsi entre lors puis cet ces dont ou où après avant sous depuis deux si tout tous " +
		"das die und ist dem mit auf für nicht ein eine einen einem einer eines im zu sich auch es bei nach wird sie ich wir ihr ihre sein seine hat haben wurde wurden war sind aus wie noch nur dass aber oder als bis durch über vor zum zur beim vom wenn werden kann mehr sehr schon gegen unter zwischen seit diese dieser dieses ihren seinen keine hatte waren damit denn doch mal nun heute einmal habe solle sagte sollte würde letzte woche viele weil gab ging denen nachdem bereits laut etwa jahre jahren " +
		"los y en por con una para su lo como más pero sus o las es ha fue ser este esta esto estos han son está están sobre entre también cuando ya muy sin hasta desde donde porque hay había sido tiene tienen dijo según uno cada todo todos nos les ante tras durante contra años si él ella " +
		"che della non sono alla dei nel ha è più anche gli ma ed nella delle sul suo sua questo questa come stato essere hanno dopo " +
		"ve bir bu için ile da ki olarak olan çok daha gibi kadar sonra göre ancak ise değil ama dedi her olduğunu tarafından oldu eden ettiği yeni onun mi etti olduğu diye her hem şu şey biri bana bunun bunu üzere kendi sadece fakat veya önce ya var yok ilgili söyledi büyük iki üç yıl gün edildi olacak neden nasıl tüm " +
		"mi het een dat niet zijn yang dan dengan untuk pada itu dari ini tidak dalam akan telah oleh os do dos não em com uma ao na no mais foi são pelo pela à às ele ela w z na się że jest nie jak ale jego och att som är på av för den det inte har ett til af og ikke på "
	nameParticles = "de la le el del der van von den di du da das dos las los bin ben ter ten al ibn zu af"
)

// longestFunctionWord is the length in bytes of the longest word of the table.
const longestFunctionWord = 11

// functionWordTable gives e for English, s for shared, f for foreign words, p
// for foreign ones that stand in names.
var functionWordTable = sync.OnceValue(func() map[string]byte {
	table := make(map[string]byte, 640)
	for _, list := range [...]struct {
		words string
		kind  byte
	}{{foreignFunctionWords, 'f'}, {nameParticles, 'p'}, {englishFunctionWords, 'e'}, {sharedWords, 's'}} {
		for w := range strings.FieldsSeq(list.words) {
			table[w] = list.kind
		}
	}
	return table
})
