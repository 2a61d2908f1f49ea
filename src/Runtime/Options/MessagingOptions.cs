namespace Orleans.Configuration;

/// <summary>How calls are waited for.</summary>
public abstract class MessagingOptions
{
    private protected MessagingOptions()
    {
    }

    /// <summary>How long a caller waits for an answer. Default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>True: when a call times out, the callee's token is cancelled. Default true.</summary>
    public bool CancelRequestOnTimeout { get; set; } = true;

    /// <summary>True: a caller that cancels still waits for the callee's answer. Default false.</summary>
    public bool WaitForCancellationAcknowledgement { get; set; }
}
