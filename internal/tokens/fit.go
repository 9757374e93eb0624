package tokens

// fit is a linear regression that is brought up to date with each observation
// (recursive least squares): tokens = sum of weight * feature. It begins at
// priors that it trusts little, so that a few calls decide; a feature that the
// calls so far did not have keeps its prior.
type fit struct {
	weights []float64
	// spread is the covariance of the weights: how little they are trusted.
	spread [][]float64
	low    []float64 // bounds of the weights: no tokenizer is beyond them
	high   []float64
	doubt  []float64 // largest variance of a weight, and what one call adds to it
	drift  []float64
	seen   int
}

const (
	// noise is the relative error of a count that fits: documents of one script
	// differ by that much (measured: 2 to 6 %).
	noise = 0.04
	// drift is how much a weight may change from one call to the next, as a
	// part of its prior: another model may come to answer under the same name.
	drift = 0.01
	// bound of a weight, as factors of its prior.
	leastOfPrior, mostOfPrior = 0.2, 6
)

// newFit takes the weights before anything is known, and how much they may be
// off, as a part of each.
func newFit(priors []float64, doubt float64) *fit {
	n := len(priors)
	f := &fit{
		weights: make([]float64, n), spread: make([][]float64, n), low: make([]float64, n), high: make([]float64, n),
		doubt: make([]float64, n), drift: make([]float64, n),
	}
	for i, w := range priors {
		f.weights[i], f.low[i], f.high[i] = w, w*leastOfPrior, w*mostOfPrior
		f.spread[i] = make([]float64, n)
		f.doubt[i], f.drift[i] = doubt*w*doubt*w, drift*w*drift*w
		f.spread[i][i] = f.doubt[i]
	}
	return f
}

func (f *fit) predict(features []float64) float64 {
	sum := 0.0
	for i, x := range features {
		sum += x * f.weights[i]
	}
	return sum
}

// learn moves the weights towards one observation. It is scaled to 1, so that
// long texts do not drown short ones. What no weight within the bounds can
// explain is no count of this text (a cut prompt, a made-up usage) and left out.
func (f *fit) learn(features []float64, tokens float64) bool {
	least, most := 0.0, 0.0
	for i, x := range features {
		least += x * f.low[i]
		most += x * f.high[i]
	}
	if tokens <= 0 || tokens < least || tokens > most {
		return false
	}
	n := len(f.weights)
	x := make([]float64, n)
	for i := range x {
		x[i] = features[i] / tokens
	}
	// gain = spread*x / (noise² + x'*spread*x)
	gain := make([]float64, n)
	total := noise * noise
	for i := range n {
		for k := range n {
			gain[i] += f.spread[i][k] * x[k]
		}
		total += x[i] * gain[i]
	}
	off := 1 - f.predict(x)
	for i := range n {
		f.weights[i] = min(max(f.weights[i]+gain[i]/total*off, f.low[i]), f.high[i])
	}
	for i := range n {
		for k := range n {
			f.spread[i][k] -= gain[i] * gain[k] / total
		}
	}
	for i := range n {
		f.spread[i][i] = min(f.spread[i][i]+f.drift[i], f.doubt[i])
	}
	f.seen++
	return true
}
