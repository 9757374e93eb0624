// Package name finds the names of people, places and organisations in English
// text and looks each up in a source text of another language.
//
//	English --Candidates--> Candidate --Source.Find--> Found / Absent / Unknown
//	source  --NewSource---> Source
//
// A name is found by its letters, by the sound of its letters (Latin against
// Arabic script, with the spellings that newsrooms use), or by a table of names
// that are translated instead of transliterated (القاهرة, Cairo).
package name
