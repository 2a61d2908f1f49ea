using System.Runtime.CompilerServices;
using Actors.Gateway.Kafka;
using Actors.Kafka;
using Orleans.Runtime;

namespace Actors.Gateway.Tests.Topics;

/// <summary>What a client hears when the controller could not be asked.</summary>
public sealed class OutageTests
{
    /// <summary>Orleans refuses a call to a silo that it knows to be dead with this one itself, the house runtime with one that derives from it.</summary>
    private static readonly Exception Rejection = (Exception)RuntimeHelpers.GetUninitializedObject(typeof(OrleansMessageRejectionException));

    [Fact]
    public void A_call_that_the_runtime_refused_was_not_made()
    {
        foreach (var refused in new[] { Rejection, new SiloUnavailableException("away"), new LimitExceededException("busy") })
        {
            Assert.True(TopicResults.IsOutage(refused), refused.GetType().Name);
            Assert.Equal((short)ErrorCode.NotController, TopicResults.Outage("t", Guid.Empty, refused).ErrorCode);
        }
    }

    [Fact]
    public void A_late_call_may_have_been_made()
    {
        Assert.True(TopicResults.IsOutage(new TimeoutException()));
        Assert.Equal((short)ErrorCode.RequestTimedOut, TopicResults.Outage("t", Guid.Empty, new TimeoutException()).ErrorCode);
    }

    [Fact]
    public void A_mistake_is_no_outage() => Assert.False(TopicResults.IsOutage(new InvalidOperationException("a mistake")));
}
