/**
 * What a run's report is made of: a {@link org.rlaif.training.report.ReportPart} for each stage,
 * {@link org.rlaif.kit.pages.Pictures}, and one HTML {@link org.rlaif.training.report.Page} that
 * needs nothing beside itself. What a run does not have, such as a gold score on users' own data,
 * is left out everywhere.
 *
 * <p>Times stand below {@code seconds} and nowhere else, so two runs with one seed differ there
 * alone.
 */
@NullMarked
package org.rlaif.training.report;

import org.jspecify.annotations.NullMarked;
