"""From a finished search to what its pages show: trials, costs, the winner, sentences."""
