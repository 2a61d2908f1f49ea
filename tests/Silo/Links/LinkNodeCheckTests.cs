using System.Collections.Concurrent;
using Actors.Grains.Tests.Storage;
using Actors.Grains.Tests.Support;
using Actors.Silo.Tests.Support;
using Actors.Storage.BackEnds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Actors.Silo.Tests.Links;

/// <summary>A link whose end is no node of the back end is named: nothing would ever be charged to it.</summary>
[Collection(nameof(SiloRig))]
public sealed class LinkNodeCheckTests
{
    [Fact]
    public async Task An_end_without_pools_is_named_with_the_nodes_that_have_some()
    {
        var world = new VolumeWorld(TimeProvider.System);
        world.AddPool("hot-a", "a", "hot");
        world.AddPool("cold-b", "b", "cold");
        using var log = new Capture();
        await using var rig = new SiloRig(
            services => services.AddSingleton<IVolumeBackEnd>(new WorldBackEnd(world)).AddSingleton<ILoggerProvider>(log),
            "--Storage:Links=ab=a~b@25G;bc=b~sea@25G", "--Logging:LogLevel:Actors.Silo.Links=Warning");
        await rig.StartAsync();
        await TestGuard.UntilAsync(() => !log.Lines.IsEmpty, "the end is named");
        var line = Assert.Single(log.Lines);
        Assert.Contains("Link bc of Storage:Links ends at sea, and world has no pool on a node of that name", line, StringComparison.Ordinal);
        Assert.EndsWith("nodes with pools: a, b", line, StringComparison.Ordinal);
    }

    private sealed class Capture : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
