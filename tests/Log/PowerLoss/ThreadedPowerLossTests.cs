using Actors.Log.Tests.Faults;
using Actors.Log.Tests.Support;

namespace Actors.Log.Tests.PowerLoss;

/// <summary>
/// The store with its threads and several producers; the power goes in the middle of whatever they do. What was told as durable is
/// there afterwards, byte for byte, and what is there was appended, without a gap.
/// </summary>
public sealed class ThreadedPowerLossTests(ITestOutputHelper output)
{
    private const int Producers = 3;

    private static readonly LogConfig Config = new() { SegmentBytes = 6_000 };

    [Fact]
    public async Task Acknowledged_records_survive_a_cut_at_any_moment()
    {
        int cuts = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 1_500 : 60;
        int first = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), out int only) ? only : Environment.TickCount & 0xFFFFFF;
        output.WriteLine($"{cuts} cuts from seed {first}; the threads' interleaving is their own.");
        int kept = 0;
        for (int seed = first; seed < first + cuts; seed++)
        {
            try
            {
                kept += await LiveAsync(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} (ACTORS_TEST_SEED={seed} begins there): {e.Message}", e);
            }
        }

        Assert.True(kept > 10 * cuts, $"Only {kept} records were acknowledged in {cuts} lives.");
    }

    /// <summary>Three lives on the same files.</summary>
    /// <returns>Records that were acknowledged.</returns>
    private static async Task<int> LiveAsync(int seed)
    {
        var random = new Random(seed);
        var files = new SimulatedFileSystem();
        LogOptions options = TestLog.SmallOptions(seed: seed) with { CheckpointBytes = random.Next(20, 200) * TestLog.KiB, WriteBehindBytes = random.Next(1, 30) * TestLog.KiB };
        List<Producer> producers = [];
        for (int life = 0; ; life++)
        {
            LogStore store = TestLog.Open(files, options with { Seed = random.Next() });
            Assert.Empty(store.Damage);
            while (producers.Count < Producers)
                producers.Add(new Producer(await TestLog.CreateAsync(store, "topic", producers.Count)));
            producers.ForEach(p => p.Open(store));
            if (life == 3)
            {
                store.Abandon();
                return producers.Sum(p => p.Acknowledged);
            }

            files.CutPowerAfter(random.Next(5, 250));
            await Task.WhenAll(producers.Select(p => RunAsync(p, new Random(random.Next())))).WaitAsync(TestLog.Guard);
            store.Abandon();
            files = random.Next(4) == 0 ? files.AfterKill() : files.AfterPowerLoss(random);
        }

        static Task RunAsync(Producer producer, Random random) => Task.Run(() => producer.RunAsync(random));
    }

    /// <summary>One log: what was appended to it, and how much of that was acknowledged.</summary>
    private sealed class Producer(LogId id)
    {
        private readonly List<byte[]> _appended = [];
        private RecordingObserver _observer = new();
        private LogStore _store = null!;
        private PartitionLog _log = null!;

        public int Acknowledged { get; private set; }

        /// <summary>The log holds all that was acknowledged and nothing but what was appended; from here on that is what it holds.</summary>
        public void Open(LogStore store)
        {
            _store = store;
            _log = store.Open(id, Config, _observer = new RecordingObserver());
            int count = (int)_log.EndOffset;
            Assert.InRange(count, Acknowledged, _appended.Count);
            Assert.Equal(_appended.Take(count).SelectMany(b => b), TestLog.ReadAll(_log));
            _appended.RemoveRange(count, _appended.Count - count);
            Acknowledged = count;
        }

        /// <summary>Appends until the store fails.</summary>
        public async Task RunAsync(Random random)
        {
            AppendRefusal refusal;
            do
            {
                byte[] batch = TestLog.Batch(1, random.Next(1, 900), fill: (byte)random.Next());
                byte[] stored = TestLog.Stored(batch, _log.EndOffset, 0);
                refusal = TestLog.TryAppend(_log, batch);
                if (refusal == AppendRefusal.None)
                    _appended.Add(stored);
                else
                    await _store.WaitForRoomAsync(CancellationToken.None);
                if (random.Next(8) == 0)
                    await Task.WhenAny(_observer.WaitAsync(_log.EndOffset), _observer.Failed);
            }
            while (refusal != AppendRefusal.Failed);

            await _observer.Failed;
            Acknowledged = Math.Max(Acknowledged, (int)_observer.Durable);
            Assert.Empty(_observer.SignalsAfterFailure);
        }
    }
}
