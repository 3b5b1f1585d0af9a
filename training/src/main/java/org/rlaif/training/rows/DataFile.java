package org.rlaif.training.rows;

import java.nio.file.Path;

/**
 * A file with rows.
 *
 * @param shown as the user named it, for errors
 * @param path where it lies
 * @param name for the ids of its rows
 */
public record DataFile(String shown, Path path, String name) {}
