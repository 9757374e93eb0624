package batch

// StopAt ends the flow at a point of its way, as a kill would: nothing is written
// after it.
func (c *Config) StopAt(stop func(point string) error) { c.stop = stop }
