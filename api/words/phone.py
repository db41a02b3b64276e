"""How a phone comes in."""

from core.model.text import Text

WORDS = {
    "phone.title": Text("手机接入", "Connect a phone"),
    "phone.scan": Text("用抢修手机扫码（同一网络）", "Scan with the crew's phone, on the same network"),
    "phone.none": Text(
        "本机只对自己开放。演示请用 waterhub demo --lan 启动；正式部署请用域名和 TLS 证书。",
        "This hub is open to its own machine only. Start the demo with waterhub demo --lan; a plant needs a "
        "name and a TLS certificate.",
    ),
    "phone.warn": Text(
        "第一次打开时手机会警告证书不受信任：选“高级 › 继续”。",
        "The first time the phone warns of the certificate: choose Advanced › Continue.",
    ),
    "phone.once": Text("只需做一次", "Once only"),
    "phone.get": Text("下载证书", "Download the certificate"),
    "phone.compare": Text(
        "信任之前核对：手机上显示的证书 SHA-256 须与电脑终端里的一致。",
        "Before you trust it: the SHA-256 that the phone shows must be the one on the computer's terminal.",
    ),
    "phone.android": Text(
        "安卓：设置 › 安全 › 更多安全设置 › 从存储设备安装 › CA 证书，选下载的文件。",
        "Android: Settings › Security › More › Install from storage › CA certificate; choose the file.",
    ),
    "phone.iphone": Text(
        "iPhone：设置 › 已下载描述文件 › 安装；再到 设置 › 通用 › 关于本机 › 证书信任设置，打开开关。",
        "iPhone: Settings › Profile Downloaded › Install; then Settings › General › About › Certificate "
        "Trust Settings, and switch it on.",
    ),
    "phone.go": Text("打开抢修页", "Open the crew's page"),
    "phone.then": Text(
        "登录后看到“本页可离线使用”，再从浏览器菜单“添加到主屏幕”。",
        "Sign in, wait for “works without a network”, then add it to the home screen (browser's menu).",
    ),
    "phone.safe": Text(
        "此证书只能担保局域网地址，不影响手机访问其他网站。演示结束后请删除。",
        "The certificate vouches for addresses of local networks alone. Remove it after the demo.",
    ),
}
