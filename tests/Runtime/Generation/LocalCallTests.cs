using System.Buffers;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Actors.Runtime.Tests.Generation;

/// <summary>Generated references and requests in a running silo: what is copied, what is shared, and references as values.</summary>
public sealed class LocalCallTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    public LocalCallTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(static _ => { });
        _host = builder.Build();
    }

    private IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public async ValueTask InitializeAsync() => await _host.StartAsync().WaitAsync(Guard);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().WaitAsync(Guard);
        _host.Dispose();
    }

    [Fact]
    public async Task Arguments_are_copied_unless_they_are_immutable()
    {
        var grain = Grains.GetGrain<ICopyGrain>("arguments");
        List<int> kept = [1];
        List<int> shared = [1];
        await grain.Keep(kept, shared).WaitAsync(Guard);
        kept.Add(10);
        shared.Add(10);
        Assert.Equal((1, 11), await grain.Sums());
    }

    [Fact]
    public async Task Results_are_copied_unless_they_are_immutable()
    {
        var grain = Grains.GetGrain<ICopyGrain>("results");
        List<int> shared = [1];
        await grain.Keep([1], shared).WaitAsync(Guard);
        (await grain.Kept()).Add(10);
        Assert.Same(shared, await grain.Shared());
        Assert.Equal((1, 1), await grain.Sums());
    }

    [Fact]
    public async Task A_result_that_cannot_be_copied_is_the_callers_error()
    {
        var error = await Assert.ThrowsAsync<WireFormatException>(() => Grains.GetGrain<ICopyGrain>("loop").Loop().WaitAsync(Guard));
        Assert.Equal(WireProblem.TooDeep, error.Problem);
    }

    [Fact]
    public async Task A_grain_itself_does_not_leave_its_turn_but_a_reference_does()
    {
        var grain = Grains.GetGrain<ICopyGrain>("me");
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.Itself().WaitAsync(Guard));
        Assert.Contains("AsReference<ICopyGrain>", error.Message, StringComparison.Ordinal);
        Assert.Equal(grain.GetGrainId(), (await grain.Me().WaitAsync(Guard)).GetGrainId());
    }

    [Fact]
    public async Task References_to_grains_and_observers_are_arguments()
    {
        var other = Grains.GetGrain<ICopyGrain>("other");
        await other.Keep([20, 22], []).WaitAsync(Guard);
        var watcher = new Watcher();
        var reference = Grains.CreateObjectReference<IWatcher>(watcher);
        Assert.Equal(42, await Grains.GetGrain<ICopyGrain>("asking").Ask(other, reference));
        Assert.Equal(new Ring { Name = "ring", Radius = 42 }, await watcher.Shape.Task.WaitAsync(Guard));
        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task References_cross_the_wire()
    {
        var context = _host.Services.GetRequiredService<WireContext>();
        var other = Grains.GetGrain<ICopyGrain>("other");
        var method = GrainCodeBuilder.Of(typeof(LocalCallTests).Assembly).Interfaces.Single(static one => one.InterfaceType == typeof(ICopyGrain))
            .Methods.Single(static method => method.WireName == "Ask");
        var sent = method.CreateRequest();
        sent.SetArgument(0, other);
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output, context);
        sent.WriteTo(ref writer);
        writer.Complete();

        var received = method.CreateRequest();
        Read(received, output.WrittenSpan, context);
        var reference = Assert.IsAssignableFrom<ICopyGrain>(received.GetArgument(0));
        Assert.Equal(other.GetGrainId(), reference.GetGrainId());
        Assert.Equal((0, 0), await reference.Sums());
        Assert.Null(received.GetArgument(1));

        var elsewhere = new WireContext(context.Codecs);
        var bytes = output.WrittenSpan.ToArray();
        Assert.Throws<WireFormatException>(() => Read(method.CreateRequest(), bytes, elsewhere));
    }

    private static void Read(GrainRequest request, ReadOnlySpan<byte> bytes, WireContext context)
    {
        var reader = new WireReader(bytes, context);
        request.ReadFrom(ref reader);
    }

    private sealed class Watcher : IWatcher
    {
        public TaskCompletionSource<Shape> Shape { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Seen(Shape shape)
        {
            Shape.SetResult(shape);
            return Task.CompletedTask;
        }
    }
}
