using Actors.Harness;
using Confluent.Kafka;

namespace Actors.Clients.Tests.Durability;

/// <summary>kill -9 keeps the page cache, so only the system calls of the real process show that an acknowledged record was synced first.</summary>
public sealed class AcknowledgedMeansSyncedTests
{
    private const int Records = 40;

    [Theory]
    [InlineData(Acks.All)]
    [InlineData(Acks.Leader)]
    public async Task Between_the_write_of_a_record_and_its_answer_lies_an_fdatasync_of_the_same_file(Acks acks)
    {
        using var data = new TemporaryDirectory();
        using var traces = new TemporaryDirectory();
        var traceFile = traces.Path("trace");
        var options = new SiloProcessOptions(data.FullName)
        {
            Wrapper = ["strace", "-f", "-yy", "-s", "1024", "-e", "trace=pwrite64,pwritev,pwritev2,fdatasync,fsync,sendto,sendmsg", "-o", traceFile],
        };
        await using (var silo = await SiloProcess.StartAsync(options))
        {
            using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = silo.Bootstrap, Acks = acks, LingerMs = 0 }).Build();
            for (var index = 0; index < Records; index++)
            {
                await producer.ProduceAsync("traced", new Message<Null, string> { Value = Payload(index) });
            }

            Assert.Equal(0, await silo.StopAsync());
        }

        var trace = SystemCallTrace.Read(traceFile);
        var toClients = $"127.0.0.1:{options.KafkaPort}->";
        var from = 0;
        for (var index = 0; index < Records; index++)
        {
            var written = trace.IndexOf(from, call => IsWrite(call) && call.Contains(Payload(index), StringComparison.Ordinal));
            Assert.True(written >= 0, $"record {index} was never written");
            var file = FileOf(trace.Calls[written]);
            var synced = trace.IndexOf(written, call => IsSync(call) && FileOf(call) == file && call.EndsWith("= 0", StringComparison.Ordinal));
            var answered = trace.IndexOf(written, call => IsSend(call) && call.Contains(toClients, StringComparison.Ordinal));
            Assert.True(synced >= 0, $"{file} was not synced after record {index}");
            Assert.True(answered > synced, $"record {index}: answered at call {answered}, synced at call {synced}\n{Around(trace, written, answered, synced)}");
            from = answered;
        }
    }

    private static string Payload(int index) => $"<payload-{index:D4}>";

    private static bool IsWrite(string call) => call.StartsWith("pwrite", StringComparison.Ordinal);

    private static bool IsSync(string call) => call.StartsWith("fdatasync(", StringComparison.Ordinal) || call.StartsWith("fsync(", StringComparison.Ordinal);

    private static bool IsSend(string call) => call.StartsWith("send", StringComparison.Ordinal);

    private static string FileOf(string call) => call.Split('(', 2)[1].Split('>', 2)[0];

    private static string Around(SystemCallTrace trace, params int[] indices) =>
        string.Join('\n', Enumerable.Range(indices.Min(), indices.Max() - indices.Min() + 1).Select(index => trace.Calls[index][..Math.Min(160, trace.Calls[index].Length)]));
}
