using System.Globalization;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Fuzz;

public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>The seed of a run: ACTORS_TEST_SEED, to see a find again; another one in each long run, and a fixed one else.</summary>
    private static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed
        : Seeds.IsLong ? Environment.TickCount & int.MaxValue
        : 20_240_601;

    [Fact]
    public void Everything_in_the_corpus_is_accepted()
    {
        var corpus = new FuzzCorpus(Seed);
        for (var i = 0; i < corpus.Count; i++)
        {
            Assert.True(FuzzOracle.Check(corpus[i]), corpus[i].ToString());
        }
    }

    [Fact]
    public void Mutated_messages_are_refused_by_a_value_or_mean_one_thing()
    {
        var random = new Random(Seed);
        var corpus = new FuzzCorpus(Seed);
        var iterations = Seeds.Count(300_000, 8_000_000);
        var accepted = 0;
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var parent = corpus.Pick(random);
            var input = parent with { Bytes = Mutator.Mutate(parent.Bytes, corpus.Pick(random).Bytes, random) };
            try
            {
                if (FuzzOracle.Check(input))
                {
                    accepted++;
                    if (accepted % 16 == 0)
                    {
                        corpus.Keep(input, parent, random);
                    }
                }
            }
            catch (Exception find)
            {
                throw new InvalidOperationException($"ACTORS_TEST_SEED={Seed}, iteration {iteration}: {input}", find);
            }
        }

        output.WriteLine($"Seed {Seed}: {iterations} inputs, {accepted} accepted.");
        Assert.True(accepted > iterations / 20, $"Only {accepted} of {iterations} inputs were accepted.");
        Assert.True(accepted < iterations / 2, $"{accepted} of {iterations} inputs were accepted: the corpus has become too easy.");
    }
}
