package numeral

// Unit is what a quantity counts, as far as the small table of this package
// knows it.
type Unit uint8

// The units. Money is one unit on purpose: sums are compared by their value, and
// the names of their currencies by whoever needs them.
const (
	NoUnit Unit = iota
	Percent
	Second
	Minute
	Hour
	Day
	Week
	Month
	Year
	Decades
	Century
	Money
	Centimetre
	Inch
	Foot
	Metre
	Kilometre
	Mile
	Gram
	Kilogram
	Tonne
	Celsius
	Fahrenheit
	Person
	Times
	Pound     // sterling or the weight: never evidence against another unit
	Converted // areas and speeds that newsrooms convert, without a table here
)

// Dimension groups units that can be converted into each other.
type Dimension uint8

// The dimensions. Calendar and clock spans are two: a month is no fixed number
// of days.
const (
	NoDimension Dimension = iota
	Share
	ClockSpan
	CalendarSpan
	Currency
	Length
	Mass
	Temperature
	People
	Repetition
)

type unitInfo struct {
	dim    Dimension
	factor float64 // in the smallest unit of the dimension
	one    string
	many   string
}

// unitTable is own compilation; the factors are the legal definitions (the
// international yard and pound agreement of 1959 for inch, foot and mile).
var unitTable = [...]unitInfo{
	NoUnit:     {},
	Percent:    {Share, 1, "percent", "percent"},
	Second:     {ClockSpan, 1, "second", "seconds"},
	Minute:     {ClockSpan, 60, "minute", "minutes"},
	Hour:       {ClockSpan, 3600, "hour", "hours"},
	Day:        {ClockSpan, 86400, "day", "days"},
	Week:       {ClockSpan, 604800, "week", "weeks"},
	Month:      {CalendarSpan, 1, "month", "months"},
	Year:       {CalendarSpan, 12, "year", "years"},
	Decades:    {CalendarSpan, 120, "decade", "decades"},
	Century:    {CalendarSpan, 1200, "century", "centuries"},
	Money:      {Currency, 1, "", ""},
	Centimetre: {Length, 1, "centimetre", "centimetres"},
	Inch:       {Length, 2.54, "inch", "inches"},
	Foot:       {Length, 30.48, "foot", "feet"},
	Metre:      {Length, 100, "metre", "metres"},
	Kilometre:  {Length, 100000, "kilometre", "kilometres"},
	Mile:       {Length, 160934.4, "mile", "miles"},
	Gram:       {Mass, 1, "gram", "grams"},
	Kilogram:   {Mass, 1000, "kilogram", "kilograms"},
	Tonne:      {Mass, 1e6, "tonne", "tonnes"},
	Celsius:    {Temperature, 1, "degree", "degrees"},
	Fahrenheit: {Temperature, 1, "degree Fahrenheit", "degrees Fahrenheit"},
	Person:     {People, 1, "person", "people"},
	Times:      {Repetition, 1, "time", "times"},
	Pound:      {},
	Converted:  {},
}

// Dimension gives the group that u belongs to.
func (u Unit) Dimension() Dimension { return unitTable[u].dim }

// Base converts v of unit u into the smallest unit of its dimension.
func (u Unit) Base(v float64) float64 {
	if f := unitTable[u].factor; f != 0 {
		return v * f
	}
	return v
}

// English gives the unit's English name for v of it, empty when it has none.
func (u Unit) English(v float64) string {
	if v == 1 {
		return unitTable[u].one
	}
	return unitTable[u].many
}
