using System.Diagnostics;
using Actors.Bench.Agents.Pairs;
using Actors.Harness;

namespace Actors.Bench.Agents;

/// <summary>The real silo, with the store in a file.</summary>
internal sealed class HubUnderTest : IAgentsServer
{
    private readonly TemporaryDirectory _folder;
    private readonly SiloProcess _silo;

    private HubUnderTest(TemporaryDirectory folder, SiloProcess silo) => (_folder, _silo) = (folder, silo);

    /// <inheritdoc/>
    public int Port => _silo.Options.HttpPort;

    /// <inheritdoc/>
    public Process Process => _silo.Process;

    /// <inheritdoc/>
    public HubDialect Dialect => HubDialect.Protocol;

    /// <summary>Starts it, and waits until it serves.</summary>
    public static async Task<IAgentsServer> StartAsync()
    {
        var folder = new TemporaryDirectory();
        return new HubUnderTest(folder, await SiloProcess.StartAsync(new SiloProcessOptions(folder.FullName) { Environment = new Dictionary<string, string> { [PairLoad.InlineCompletions] = "0" } }));
    }

    /// <inheritdoc/>
    public async Task<long> HeapBytesAsync()
    {
        var before = await CollectionsAsync();
        await HeapQuestion.CollectAsync(Process);
        while (await CollectionsAsync() == before) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        var text = await _silo.GetAsync("/metrics");
        return (long)(MetricsText.Sum(text, "dotnet_gc_last_collection_heap_size")! - MetricsText.Sum(text, "dotnet_gc_last_collection_heap_fragmentation_size")!);
    }

    /// <inheritdoc/>
    public async Task<long> AllocatedBytesAsync() => (long)(await _silo.MetricAsync("dotnet_gc_heap_total_allocated"))!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    private Task<double?> CollectionsAsync() => _silo.MetricAsync("dotnet_gc_collections", "gen2");
}
