package verify

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// Names to look for in a text and to put in their place; own compilation.
var (
	swapGiven   = strings.Fields("James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Mark Donald Steven Paul Andrew Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Frank Alexander Patrick Jack Dennis Jerry Adam Henry Peter Kyle Walter Jeremy Sean Alan Mary Patricia Jennifer Linda Elizabeth Susan Jessica Sarah Karen Nancy Lisa Margaret Emily Michelle Laura Anna Helen Christine Janet Maria Diane Julie Boris Vladimir Kim Brett Jeff Bill Hillary Chris Tom Jim Mike Steve Ben Sam Tony Rory Jon Joko Zoran Mohammed Ahmed Ali Omar Ibrahim")
	swapFirst   = strings.Fields("Oscar Felipe Ingrid Viktor Dmitri Hamid Tariq Nadia Samira Yusuf Francesca Giovanni Pierre Klaus Sven Akira Priya Chidi Kwame Esteban Ricardo Marcus Gavin Nigel Fiona Malcolm Edgar Wesley Beatrice Naomi Ottokara Velimira")
	swapSurname = strings.Fields("Whitaker Holloway Castillo Mendoza Navarro Lefebvre Girard Bianchi Esposito Becker Hoffmann Larsen Nilsson Volkov Lebedev Horvath Dvorak Popescu Yilmaz Karimi Sharma Mehta Tran Watanabe Zhang Okonkwo Diallo Najjar Shehadeh Darwish Othman Kowalski Yamamoto Lindqvist Okafor Delgado Haddad Barzani Patterson Rodriguez Tanaka Chaudhry Banerjee Zielinski")
	swapPlace   = strings.Fields("Madrid Boston Houston Glasgow Liverpool Marseille Naples Hamburg Rotterdam Helsinki Odessa Tbilisi Tehran Basra Homs Amman Jeddah Doha Casablanca Tunis Khartoum Kampala Lagos Dakar Mumbai Lahore Hanoi Seoul Osaka Shanghai Sydney Montreal Havana Bogota Quito Vienna Nairobi Toronto Manila Warsaw Caracas Mosul Kyoto")
	swapCountry = append(strings.Fields("Germany Egypt Japan Brazil Turkey Norway Pakistan Argentina Morocco France Spain Italy Greece Poland Hungary Romania Russia Ukraine China India Iran Iraq Syria Jordan Lebanon Israel Yemen Libya Algeria Sudan Kenya Nigeria Ghana Canada Mexico Cuba Chile Peru Bolivia Colombia Indonesia Malaysia Singapore Thailand Vietnam Cambodia Nepal Lithuania Latvia Estonia Slovenia Uganda Rwanda Cameroon Zimbabwe U.S. UK"), "United States", "North Korea", "South Africa", "Saudi Arabia")
	swapOrgs    = strings.Split("NATO|European Union|EU|United Nations|UN|FBI|CIA|Google|Facebook|Twitter|BBC|CNN|Congress|Senate|Pentagon|White House|Harvard|Microsoft|Toyota|Boeing|Netflix|Instagram|World Bank|Interpol|Hezbollah|Hamas|Taliban|UNICEF|Samsung|Volkswagen|Democrats|Republicans|Red Cross|Barcelona|Chelsea|Juventus", "|")

	fullName  = regexp.MustCompile(`\b([A-Z][a-zé]+) ([A-Z][a-zA-Zé'-]*[a-zé]{2,})`)
	placeName = regexp.MustCompile(`\b(?:in|from|near|to) ([A-Z][a-z]{3,})(?:[.,;]| [a-z])`)
	notPlaces = strings.Fields("January February March April June July August September October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday English Congress Parliament President")
)

// swapName puts another name of the kind in the place of one of text; the whole
// document tells which names are no others.
func swapName(rng *rand.Rand, kind, text, document string) string {
	var places [][2]int
	names := map[string][]string{"first": swapFirst, "surname": swapSurname, "place": swapPlace, "country": swapCountry, "organisation": swapOrgs}[kind]
	switch kind {
	case "first", "surname":
		for _, m := range fullName.FindAllStringSubmatchIndex(text, -1) {
			if slices.Contains(swapGiven, text[m[2]:m[3]]) && !slices.Contains(swapCountry, text[m[4]:m[5]]) {
				if kind == "first" {
					places = append(places, [2]int{m[2], m[3]})
				} else {
					places = append(places, [2]int{m[4], m[5]})
				}
			}
		}
	case "place":
		for _, m := range placeName.FindAllStringSubmatchIndex(text, -1) {
			if w := text[m[2]:m[3]]; !slices.Contains(swapCountry, w) && !slices.Contains(notPlaces, w) {
				places = append(places, [2]int{m[2], m[3]})
			}
		}
	default:
		for _, w := range names {
			for at := 0; at < len(text); {
				i := findWord(text[at:], w)
				if i < 0 {
					break
				}
				places = append(places, [2]int{at + i, at + i + len(w)})
				at += i + len(w)
			}
		}
	}
	if len(places) == 0 {
		return text
	}
	at := places[rng.IntN(len(places))]
	for range 20 {
		if other := names[rng.IntN(len(names))]; !strings.Contains(document, other) {
			return text[:at[0]] + other + text[at[1]:]
		}
	}
	return text
}
