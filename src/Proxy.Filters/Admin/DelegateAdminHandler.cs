namespace Proxy.Filters.Admin;

/// <summary>A handler of a line or two.</summary>
internal sealed class DelegateAdminHandler(string path, string help, bool changesState, Func<AdminRequest, AdminResponse> handle) : IAdminHandler
{
    public string Path { get; } = path;

    public string Help { get; } = help;

    public bool ChangesState { get; } = changesState;

    public AdminResponse Handle(AdminRequest request) => handle(request);
}
