package org.rlaif.model.hub;

import java.nio.file.Path;

/** A file of a data set: as it is named on the hub, and where it lies here. */
public record DatasetFile(String url, Path path) {}
