using System.Globalization;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>
/// The real driver, with its sockets, clocks and threads, under what a seed chooses: silos that leave, are killed, lose connections or are
/// cut off, in one direction or both, and come back. ACTORS_TEST_SEED repeats one plan; ACTORS_TEST_LONG=1 tries many.
/// </summary>
public sealed class StressTests(ITestOutputHelper output)
{
    private const int Troubles = 3;

    [Fact]
    public async Task Whatever_fails_activations_never_overlap_and_who_is_unharmed_is_answered()
    {
        bool isGiven = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), CultureInfo.InvariantCulture, out int seed);
        int first = isGiven ? seed : Environment.TickCount & 0xFFFFFF;
        int runs = isGiven ? 1 : Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 100 : 3;
        for (int run = 0; run < runs; run++)
        {
            await using var cluster = new StressCluster(first + run);
            try
            {
                await cluster.RunAsync(Troubles);
            }
            finally
            {
                output.WriteLine(cluster.Story);
            }

            string? broken = cluster.Broken();
            Assert.True(broken is null, $"{broken} {cluster.Story} Its plan is repeated with ACTORS_TEST_SEED.");
            Assert.True(cluster.Ledger.Writes > 100 && cluster.Ledger.Activations > 20, cluster.Story);
        }
    }
}
