using Orleans;

namespace Actors.Runtime.Tests.Calls;

[Alias("test.ICallGrain")]
public interface ICallGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int left, int right);

    [Alias("Fail")]
    Task<int> Fail(string message);

    [Alias("ReadContext")]
    Task<string> ReadContext(string key);

    /// <summary>Sets a value, and asks the other grain what it sees.</summary>
    [Alias("SetAndAsk")]
    Task<string> SetAndAsk(string key, string value, string other);

    /// <summary>The id of the current trace and of the span's parent.</summary>
    [Alias("Trace")]
    Task<string> Trace();

    /// <summary>Answers, and asks the other grain what it sees when the gate opens.</summary>
    [Alias("GoOn")]
    Task GoOn(string gate, string other);

    [Alias("TraceThrough")]
    Task<string> TraceThrough(string other);

    /// <summary>Waits for the token.</summary>
    [Alias("WaitForToken")]
    Task<string> WaitForToken(string name, CancellationToken token);

    [ResponseTimeout("00:00:00.5"), Alias("Impatient")]
    Task<string> Impatient(string gate);

    [ResponseTimeout("00:05:00"), Alias("Patient")]
    Task<string> Patient(string gate);

    [Alias("Ordinary")]
    Task<string> Ordinary(string gate);

    [Alias("Keep")]
    Task<int[]> Keep(int[] values);
}
