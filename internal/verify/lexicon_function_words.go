package verify

import (
	"strings"
	"sync"
)

// The commonest short function words, own compilation. Words that English
// shares with another language ("in", "an", "on" in German or French) are left
// out on both sides, save where English uses them far more often.
const (
	englishFunctionWords = "the of and to a in for is on that by with as was at from it his her an be are were has had have but not its they who will been their he she after which this said about into more than when out up would also or over during other what where two one all no new while before between could if some so against under did because him there only being through between those these our we you your my do can may should how them then"
	foreignFunctionWords = "le la les des du et un une est dans pour que qui sur pas avec au aux ce cette sont plus par ne se il elle nous vous leur de der die das und ist von den dem mit auf für nicht ein eine im zu sich auch es bei nach wird el los las del y en por con una para su lo como más pero sus o che di il della per non sono alla dei nel ve bir bu için ile da ki olarak olan çok daha gibi kadar sonra göre ancak ise değil ama dedi her olduğunu tarafından oldu eden ettiği yeni onun ki mi het van een dat niet zijn yang dan dengan untuk pada itu dari os da do das dos não em com uma ao na no i w z na się że jest och att som är på av"
)

var functionWordTable = sync.OnceValue(func() map[string]byte {
	table := make(map[string]byte, 256)
	for w := range strings.FieldsSeq(foreignFunctionWords) {
		table[w] = 'f'
	}
	for w := range strings.FieldsSeq(englishFunctionWords) {
		table[w] = 'e'
	}
	return table
})
