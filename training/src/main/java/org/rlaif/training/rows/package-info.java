/**
 * Rows of the user's files. {@link org.rlaif.training.rows.RowFile} turns a file of any accepted
 * format into numbered rows, and leaves out those that do not meet {@code data.where}; what it is
 * shows in its first bytes. JSON is read here, with an error that names the line; CSV and Parquet
 * by DuckDB in this process, which sees that one file.
 *
 * <p>What the columns of a row mean is nobody's business here.
 */
@NullMarked
package org.rlaif.training.rows;

import org.jspecify.annotations.NullMarked;
