using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Storage;

[GrainType("test.state")]
public sealed class StateGrain(
    [PersistentState("main")] IPersistentState<StateGrain.Record> main,
    [PersistentState("side", "second")] IPersistentState<StateGrain.Record> side) : Grain, IStateGrain
{
    private static int _instances;
    private readonly int _instance = Interlocked.Increment(ref _instances);

    public Task<string> Read() => Task.FromResult($"{main.State.Text ?? "-"} {main.RecordExists} {side.State.Text ?? "-"} {side.RecordExists}");

    public async Task Write(string text)
    {
        main.State.Text = text;
        await main.WriteStateAsync();
        side.State.Text = text + " too";
        await side.WriteStateAsync();
    }

    public async Task<bool> TryWrite(string text)
    {
        try
        {
            main.State.Text = text;
            await main.WriteStateAsync();
            return true;
        }
        catch (InconsistentStateException)
        {
            await main.ReadStateAsync();
            return false;
        }
    }

    public Task Reread() => main.ReadStateAsync();

    public async Task Clear()
    {
        await main.ClearStateAsync();
        await side.ClearStateAsync();
    }

    public Task WriteThrough(string other, string text) => GrainFactory.GetGrain<IStateGrain>(other).Write(text);

    public Task<int> Instance() => Task.FromResult(_instance);

    [GenerateSerializer, Alias("test.StateGrain.Record")]
    public sealed class Record
    {
        [Id(0)]
        public string? Text { get; set; }
    }
}
