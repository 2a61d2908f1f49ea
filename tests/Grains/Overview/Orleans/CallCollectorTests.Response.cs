using Orleans.Serialization.Invocation;

namespace Actors.Grains.Tests.Overview;

/// <content>What a call has with Orleans beside.</content>
public sealed partial class CallCollectorTests
{
    private sealed partial class Call
    {
        public Response? Response { get; set; }
    }
}
