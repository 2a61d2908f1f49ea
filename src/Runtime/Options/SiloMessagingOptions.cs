namespace Orleans.Configuration;

/// <inheritdoc cref="MessagingOptions"/>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>How many calls may wait in one mailbox; one more is answered "busy". 0, the default: 10,000.</summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; }
}
