using System.Text;
using Actors.Harness;

namespace Actors.Clients.Tests;

/// <summary>What every foreign client must be able to do with a silo, whatever it is written in.</summary>
public abstract class ForeignClientTests(IForeignClient client)
{
    private const int Partitions = 2;

    [Fact]
    public async Task Reads_in_a_group_what_it_wrote_with_every_codec_and_resumes_after_kill_9()
    {
        using var data = new TemporaryDirectory();
        var options = new SiloProcessOptions(data.FullName) { Arguments = [$"--Kafka:DefaultPartitions={Partitions}"] };
        var topics = client.Codecs.Select(codec => $"of-{codec}").ToList();
        List<ClientRecord> first, second;

        await using (var silo = await SiloProcess.StartAsync(options))
        {
            first = await ProduceAsync(silo, "first");
            await AssertStoredAsSentAsync(silo);
            var seen = await client.ConsumeAsync(silo.Bootstrap, topics, "readers", first.Count);
            AssertSame(first, seen);
            await silo.KillAsync();
        }

        await using (var silo = await SiloProcess.StartAsync(options))
        {
            second = await ProduceAsync(silo, "second");
            var resumed = await client.ConsumeAsync(silo.Bootstrap, topics, "readers", second.Count);
            AssertSame(second, resumed);

            List<ClientRecord> all = [.. first, .. second];
            AssertSame(all, await client.ConsumeAsync(silo.Bootstrap, topics, "newcomers", all.Count));
            AssertSame(all, await new ConfluentClient().ConsumeAsync(silo.Bootstrap, topics, "foreigners", all.Count));
            Assert.Equal(0, await silo.StopAsync());
        }
    }

    /// <summary>Every batch lies there in the codec that it was sent in; clients leave out a codec where it makes a batch no smaller.</summary>
    private async Task AssertStoredAsSentAsync(SiloProcess silo)
    {
        foreach (var codec in client.Codecs)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                var batches = await StoredBatch.ReadAllAsync(silo.Options.KafkaPort, $"of-{codec}", partition);
                Assert.Contains(batches, batch => batch.Codec == codec);
                Assert.All(batches, batch => Assert.True(batch.Codec == codec || batch.Codec == "none", $"{batch.Codec} in place of {codec}"));
                Assert.All(batches, batch => Assert.Equal(client.IsIdempotent, batch.ProducerId >= 0));
            }
        }
    }

    private async Task<List<ClientRecord>> ProduceAsync(SiloProcess silo, string round)
    {
        var all = new List<ClientRecord>();
        foreach (var codec in client.Codecs)
        {
            var records = Records($"of-{codec}", round).ToList();
            await client.ProduceAsync(silo.Bootstrap, $"of-{codec}", codec, records);
            all.AddRange(records);
        }

        return all;
    }

    private IEnumerable<ClientRecord> Records(string topic, string round)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            yield return new ClientRecord(topic, partition, Text("key"), Text($"value {round}"), []);
            yield return new ClientRecord(topic, partition, null, Text($"keyless {round}"), []);
            yield return new ClientRecord(topic, partition, Text($"deleted {round}"), null, []);
            yield return new ClientRecord(topic, partition, Text("headed"), Text(round), [new ClientHeader("trace", Text("00-ab")), new ClientHeader("größe", Text("ü"))]);
            yield return new ClientRecord(topic, partition, Text("long"), Text(string.Concat(Enumerable.Repeat($"{round} compressible ", 2_000))), []);
            for (var index = 0; index < 20; index++)
            {
                yield return new ClientRecord(topic, partition, Text($"{index}"), Text($"{round} {index} ✓"), []);
            }

            if (client.KnowsEmptyValues)
            {
                yield return new ClientRecord(topic, partition, Text("empty"), string.Empty, []);
            }
        }
    }

    private static void AssertSame(List<ClientRecord> expected, IReadOnlyList<ClientRecord> seen)
    {
        Assert.Equal(expected.Select(record => record.Content).Order(StringComparer.Ordinal), seen.Select(record => record.Content).Order(StringComparer.Ordinal));
        foreach (var partition in seen.GroupBy(record => (record.Topic, record.Partition)))
        {
            var offsets = partition.Select(record => record.Offset).ToList();
            Assert.Equal(Enumerable.Range(0, offsets.Count).Select(index => offsets[0] + index), offsets);
        }
    }

    private static string Text(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
