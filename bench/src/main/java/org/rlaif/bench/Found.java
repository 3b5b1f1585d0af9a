package org.rlaif.bench;

import java.util.List;

/** What was found, in the order it was measured in. */
record Found(List<Section> sections, List<Target> targets) {}
