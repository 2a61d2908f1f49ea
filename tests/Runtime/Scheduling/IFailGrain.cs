using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

[Alias("test.IFailGrain")]
public interface IFailGrain : IGrainWithStringKey
{
    [Alias("Now")]
    Task Now(string message);

    [Alias("Later")]
    Task<int> Later(string message);

    [Alias("Value")]
    ValueTask<int> Value(string message);

    [Alias("Null")]
    Task Null();

    [Alias("Cancelled")]
    Task Cancelled();

    [Alias("Works")]
    Task<int> Works();
}
